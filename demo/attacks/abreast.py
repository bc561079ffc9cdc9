"""Works side by side, one processor thread each.

Threads that share out what a network does wait for one another at every layer, and much longer when anything else wants
the processor, too. Where each has pictures of its own, none waits (`portions`); and a network that looks at one small
picture is too little work to be shared out at all: several such networks side by side, each on one thread, do not wait.

Nor may whoever shared something out a moment before stay awake for more, as OpenMP's threads do for milliseconds, on a
processor that these want: what a run reckons between its works it reckons by itself (`by_itself`, `with_all`).
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

PIXELS = 70_000
"""Of all pictures that one network looks at, up to which it is so little work: 17 of 64 pixels a side, one of 224.
`python -m demo.benchmark overhead` measures both sides of it."""

ALONE = 2 * 64**2
"""The same of one network by itself: nobody is beside it, but it waits for nobody either."""

UNEVEN = 1.15
"""How many times its even share of the pictures the largest share may be."""

T = TypeVar("T")
_took: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


class _Otherwise(threading.local):
    """How many threads the caller would have, who is by itself for now; 0 for who is not."""

    threads = 0


_otherwise = _Otherwise()


def pays(askers: Sequence[Any], images: Tensor, meanwhile: bool = False) -> bool:
    """Whether works for these, about pictures `(N,3,H,W)`, are better done on one thread each.

    meanwhile: whether others go on beside them, which are not counted among the askers.
    """
    return _threads(images) > 1 and len(images) * pixels(askers, images) <= (
        PIXELS if len(askers) > 1 or meanwhile else ALONE
    )


def sharers(images: Tensor) -> int:
    """Among how many threads pictures `(N,3,H,W)` are best shared out, of whatever size: 1 where not evenly."""
    threads = _threads(images)
    return threads if -(-len(images) // threads) * threads <= UNEVEN * len(images) else 1


def _threads(images: Tensor) -> int:
    """That works about these may have; one where the caller wants no more, or is such a work itself."""
    beside = images.device.type == "cpu" and not torch.is_autocast_enabled("cpu")  # which no other thread would know of
    return _having() if beside else 1


def _having() -> int:
    """Threads that the caller has, or would have if it were not by itself for now."""
    return _otherwise.threads or torch.get_num_threads()


@contextmanager
def by_itself() -> Iterator[None]:
    """The caller shares nothing out meanwhile, from each works abreast until it is `with_all` again; to others it makes
    no difference."""
    before, outer = torch.get_num_threads(), _otherwise.threads
    _otherwise.threads = _having()
    _let_have(1)
    try:
        yield
    finally:
        _otherwise.threads = outer
        _let_have(before)


def with_all() -> None:
    """Whoever is by itself has all its threads again: a network that is asked in turn wants them, and so may more."""
    if _otherwise.threads:
        _let_have(_otherwise.threads)


def _let_have(threads: int) -> None:
    """As `torch.set_num_threads`, but of this thread alone: what that says, threads to come would go by."""
    for limit in _limits():
        limit(threads)


@cache
def _limits() -> list[Callable[[int], Any]]:
    """OpenMP's and MKL's, as torch has loaded them; none where it is built otherwise."""
    torch.get_num_threads()  # asked for the first time it sets them
    loaded = next((Path(torch.__file__).parent / "lib").glob("libtorch_cpu.so"), None)
    names = ("omp_set_num_threads", "MKL_Set_Num_Threads_Local") if loaded else ()
    found = [getattr(ctypes.CDLL(str(loaded)), name, None) for name in names]
    return [limit for limit in found if limit is not None]


def pixels(askers: Sequence[Any], images: Tensor) -> int:
    """Of one picture, as the one that looks at most sees it: who says of itself at which side it looks (`size`) is
    taken at its word."""
    sides = [getattr(one, "size", None) or 0 for one in askers]
    return max(images[0, 0].numel(), *(side**2 for side in sides if isinstance(side, int)), 1)


def abreast(askers: Sequence[Any], work: Callable[[int], T]) -> list[T]:
    """What `work` gives for each place among the askers, on whose behalf it is done; autograd as the caller has it.

    What one of them raises is raised when all have ended.
    """
    return begin(askers, work)()


def begin(askers: Sequence[Any], work: Callable[[int], T]) -> Callable[[], list[T]]:
    """Begins the same, and gives what waits for the end of it.

    Who took longest the last time begins first, so that no thread waits long for another in the end.
    """
    wants_gradient = torch.is_grad_enabled()

    def timed(place: int) -> T:
        with torch.set_grad_enabled(wants_gradient):
            began = time.perf_counter()
            done = work(place)
            _took[askers[place]] = time.perf_counter() - began
            return done

    pool = _workers(_having())
    if _otherwise.threads:
        _let_have(1)
    longest_first = sorted(range(len(askers)), key=lambda place: -_took.get(askers[place], 0.0))
    begun = {place: pool.submit(timed, place) for place in longest_first}

    def end() -> list[T]:
        wait(begun.values())
        return [begun[place].result() for place in range(len(askers))]

    return end


def meanwhile(works: Sequence[Callable[[], T]]) -> list[Callable[[], T]]:
    """Begins works, one after the other on one thread beside the caller and whomever it asks, and gives what waits for
    each of them."""
    return [_workers(1).submit(work).result for work in works]


@cache
def _workers(count: int) -> ThreadPoolExecutor:
    before, ready = _having(), threading.Barrier(count + 1)
    pool = ThreadPoolExecutor(count, "abreast", initializer=_alone)
    for _ in range(count):
        pool.submit(ready.wait)
    ready.wait()
    torch.set_num_threads(before)  # what each of them said of itself is what threads to come would go by
    return pool


def _alone() -> None:
    torch.get_num_threads()  # what the process goes by is taken over when a thread first asks: later it would undo this
    torch.set_num_threads(1)


os.register_at_fork(after_in_child=_workers.cache_clear)  # a child has none of the threads
