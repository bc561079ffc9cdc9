"""The cache: bounded in bytes, least recently used first out, one object for all threads."""

from __future__ import annotations

import threading

import pytest
from torch import nn

from models.weights.cache import Cache, size_in_bytes


def layer(kilobytes: int) -> nn.Module:
    return nn.Linear(256, kilobytes, bias=False)


def test_size_counts_parameters_and_buffers() -> None:
    assert size_in_bytes(layer(4)) == 4096
    assert size_in_bytes(nn.BatchNorm1d(8)) == 8 * 4 * 4 + 8


def test_least_recently_used_leaves_first() -> None:
    cache: Cache[str, nn.Module] = Cache(10 * 1024)
    first = cache.get("first", lambda: layer(4))
    cache.get("second", lambda: layer(4))
    assert cache.get("first", lambda: layer(1)) is first
    cache.get("third", lambda: layer(4))
    assert cache.bytes == 8 * 1024
    assert cache.get("first", lambda: layer(1)) is first
    made = []
    cache.get("second", lambda: made.append(1) or layer(4))
    assert made


def test_what_is_larger_than_the_cache_is_handed_out_and_not_kept() -> None:
    cache: Cache[str, nn.Module] = Cache(1024)
    assert size_in_bytes(cache.get("huge", lambda: layer(2))) == 2048
    assert cache.bytes == 0


def test_two_threads_get_one_object_built_once() -> None:
    cache: Cache[str, nn.Module] = Cache(10 * 1024)
    begun, made, got = threading.Event(), [], []

    def make() -> nn.Module:
        made.append(1)
        begun.set()
        threading.Event().wait(0.1)
        return layer(1)

    threads = [threading.Thread(target=lambda: got.append(cache.get("one", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    # Another key is not held up by the one in the making.
    cache.get("other", lambda: layer(1))
    assert not got
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert all(one is got[0] for one in got)


def test_a_failed_make_leaves_nothing_and_the_next_one_works() -> None:
    cache: Cache[str, nn.Module] = Cache(10 * 1024)

    def fail() -> nn.Module:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        cache.get("one", fail)
    assert cache.bytes == 0
    assert size_in_bytes(cache.get("one", lambda: layer(1))) == 1024
