"""Who does the jobs: this process, several processes of this machine, or (`cluster.py`) a Ray cluster."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from typing import Protocol

import torch

import models
from demo.lab.job import Arrays, Job
from demo.lab.store import Store, read
from demo.lab.works import WORK


class Hands(Protocol):
    """width: how many jobs at once. deaths: what a job's future raises where its worker died in the midst of it."""

    deaths: tuple[type[BaseException], ...]

    @property
    def width(self) -> int: ...

    def submit(self, job: Job, store: Store) -> Future[Arrays]: ...

    def renew(self) -> None:
        """Makes up for workers that died."""

    def close(self) -> None:
        """Ends what is under way."""


class Own:
    """This very process, one job after the other: what a page and a test use."""

    width = 1
    deaths: tuple[type[BaseException], ...] = ()

    def __init__(self, device: str = "cpu") -> None:
        self._device = device

    def submit(self, job: Job, store: Store) -> Future[Arrays]:
        done: Future[Arrays] = Future()
        needs = [store.get(need.key) for need in job.needs]
        try:
            done.set_result(WORK[job.work](job.settings, needs, lambda name: models.load(name, self._device)))
        except Exception as problem:  # noqa: BLE001 - a future carries it to whoever waits
            done.set_exception(problem)
        return done

    def renew(self) -> None:
        return None

    def close(self) -> None:
        return None


class Processes:
    """Processes with one thread each: however many they are, the results are the same to the last bit."""

    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, width: int, device: str = "cpu") -> None:
        self.width, self._device = width, device
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(way)
        if way == "forkserver":
            context.set_forkserver_preload(["demo.lab.hands"])
        return ProcessPoolExecutor(self.width, context, initializer=begin)

    def submit(self, job: Job, store: Store) -> Future[Arrays]:
        needs = [store.path(need.key) for need in job.needs]
        return self._pool.submit(do, job.work, dict(job.settings), needs, self._device)

    def renew(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new()

    def close(self) -> None:
        running = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in running:  # a job lasts minutes, and whoever stops does not want to wait for it
            process.terminate()


def begin() -> None:
    """A worker's start: one thread, and no life after its parent's."""
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


def do(work: str, settings: dict[str, object], needs: Sequence[Path], device: str) -> Arrays:
    """One job, in a worker."""
    return WORK[work](settings, [read(path) for path in needs], lambda name: models.load(name, device))
