"""A bounded, thread-safe cache of loaded classifiers: least recently used first out, counted in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from torch import nn

Key = TypeVar("Key", bound=Hashable)
Module = TypeVar("Module", bound=nn.Module)


def size_in_bytes(module: nn.Module) -> int:
    """What a module's parameters and buffers take in memory."""
    return sum(t.numel() * t.element_size() for t in (*module.parameters(), *module.buffers()))


class Cache(Generic[Key, Module]):
    """Keeps what `make` built for a key until more than `limit` bytes are kept.

    Two threads that ask for one key get one object, built once; different keys build side by side, so
    that a slow download never holds up a network that is already here. What is larger than the limit is
    handed out and not kept. A classifier that has left the cache lives on for as long as somebody uses it.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[Key, Module] = OrderedDict()
        self._lock = threading.Lock()
        self._making: defaultdict[Key, threading.Lock] = defaultdict(threading.Lock)

    @property
    def bytes(self) -> int:
        """How much is kept now."""
        with self._lock:
            return self._total()

    def get(self, key: Key, make: Callable[[], Module], fits: Callable[[Module], bool] = lambda _: True) -> Module:
        """The object for `key`, from the cache or from `make()`; what `make` raises passes through.

        fits: whether a kept object is still what was made; one that somebody has changed is theirs, and made anew.
        """
        with self._lock:
            making = self._making[key]
        with making:
            with self._lock:
                if key in self._kept and fits(self._kept[key]):
                    self._kept.move_to_end(key)
                    return self._kept[key]
            made = make()
            with self._lock:
                self._kept[key] = made
                self._kept.move_to_end(key)
                while self._kept and self._total() > self.limit:
                    self._kept.popitem(last=False)
            return made

    def _total(self) -> int:
        return sum(size_in_bytes(module) for module in self._kept.values())
