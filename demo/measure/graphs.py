"""What graphs hold: the bytes that autograd keeps for the way back, counted as they come and go."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass
class Held:
    """now: bytes held; most: the most that ever were, each storage counted once, however many hold it."""

    now: int = 0
    most: int = 0
    _holders: dict[int, int] = field(default_factory=dict)

    def take(self, address: int, size: int) -> None:
        holders = self._holders.get(address, 0)
        self._holders[address] = holders + 1
        if not holders:
            self.now += size
            self.most = max(self.most, self.now)

    def drop(self, address: int, size: int) -> None:
        self._holders[address] -= 1
        if not self._holders[address]:
            del self._holders[address]
            self.now -= size


class _Kept:
    """What a graph holds in place of a tensor, whose own way back would hold the graph; its end is the graph's."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor.detach()


@contextmanager
def held(besides: Iterable[Tensor] = ()) -> Iterator[Held]:
    """Counts what the graphs made within hold, but for `besides`: a network's weights are there anyway."""
    count, known = Held(), {one.untyped_storage().data_ptr() for one in besides}

    def pack(tensor: Tensor) -> _Kept:
        kept, storage = _Kept(tensor), tensor.untyped_storage()
        if storage.data_ptr() not in known:
            count.take(storage.data_ptr(), storage.nbytes())
            weakref.finalize(kept, count.drop, storage.data_ptr(), storage.nbytes())
        return kept

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept.tensor):
        yield count
