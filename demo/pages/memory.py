"""glibc's habits with memory, mended for a server: where another system allocates, nothing is done."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

M_ARENA_MAX = -8
ARENAS = 2


def few_heaps() -> None:
    """Before threads begin: each would have a heap of its own that never shrinks, 2 GB where 1.4 do."""
    if tune := _glibc("mallopt"):
        tune(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """What a run has freed goes back to the system, half a gigabyte of it, instead of waiting for the next run."""
    if trim := _glibc("malloc_trim"):
        trim(0)


@cache
def _glibc(name: str) -> Callable[..., int] | None:
    try:
        return getattr(ctypes.CDLL("libc.so.6"), name, None)
    except OSError:
        return None
