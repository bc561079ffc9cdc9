"""The engine: jobs done once, cheapest first, by whatever hands; a death of any of them loses what was under way."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from demo.lab.hands import Hands
from demo.lab.job import Arrays, Job, together
from demo.lab.store import Store

TELLING = 0.02
"""The share of the work from which on it tells how long the rest will be: what comes first is the cheapest."""
TRIES = 3
"""How often a worker may die of one job before it is the job's fault."""


class LabError(RuntimeError):
    """A table cannot be finished; the message is a sentence for the researcher."""


@dataclass(frozen=True)
class Progress:
    """done: jobs of all, those kept from before too. seconds: since the start. share: of the work that was left then,
    by cost. last: what was just done."""

    done: int
    total: int
    kept: int
    seconds: float
    share: float
    last: str = ""

    @property
    def left(self) -> float | None:
        """Seconds until the end, by what the work has cost so far; None while that is too little to tell."""
        return self.seconds * (1 - self.share) / self.share if self.share > TELLING else None

    def words(self) -> str:
        """For a person: `12 of 40 done (5 kept), 3.1 a minute, about 4 min left`."""
        told = f"{self.done} of {self.total} done" + (f" ({self.kept} kept from before)" if self.kept else "")
        if self.done == self.total or self.left is None:
            return told
        rate = 60 * (self.done - self.kept) / max(self.seconds, 1e-9)
        left = f"{self.left:.0f} s" if self.left < 90 else f"{self.left / 60:.0f} min"
        return f"{told}, {rate:.1f} a minute, about {left} left"


def work(jobs: Sequence[Job], store: Store, hands: Hands) -> Generator[Progress, None, None]:
    """Does what is not kept yet, and tells after each job. Closing the iterator ends the work; what is done is kept.

    Raises:
        LabError: a job failed, or its worker died TRIES times.
    """
    whole = together(jobs)
    done = {job.key for job in whole if store.holds(job.key)}
    needed = _needed(jobs, done)
    kept, total = len(whole) - len(needed), len(whole)
    began, all_cost, cost = time.monotonic(), sum(job.cost for job in needed) or 1.0, 0.0
    waiting, running, deaths = sorted(needed, key=lambda job: job.cost), _Running(), dict[str, int]()
    yield Progress(kept, total, kept, 0.0, 0.0)
    try:
        while waiting or running:
            for job in [job for job in waiting if all(need.key in done for need in job.needs)]:
                if len(running) == hands.width:
                    break
                waiting.remove(job)
                running[hands.submit(job, store)] = job
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                job = running.pop(future)
                if isinstance(future.exception(), hands.deaths or ()):
                    waiting = _again(job, waiting, running, deaths, hands)
                    break
                store.put(job.key, _result(job, future))
                done.add(job.key)
                cost += job.cost
                told = kept + len(needed) - len(waiting) - len(running)
                yield Progress(told, total, kept, time.monotonic() - began, cost / all_cost, job.work)
    finally:
        hands.close()


_Running = dict[Future[Arrays], Job]


def _needed(jobs: Sequence[Job], done: set[str]) -> list[Job]:
    """What must be done: jobs whose result is missing, and of those that they need only what is missing too."""
    found: dict[str, Job] = {}

    def visit(job: Job) -> None:
        if job.key not in done and job.key not in found:
            found[job.key] = job
            for need in job.needs:
                visit(need)

    for job in jobs:
        visit(job)
    return list(found.values())


def _result(job: Job, future: Future[Arrays]) -> Arrays:
    problem = future.exception()
    if problem is not None:
        raise LabError(f"{job.work} of {dict(job.settings)} failed: {problem}") from problem
    return future.result()


def _again(job: Job, waiting: list[Job], running: _Running, deaths: dict[str, int], hands: Hands) -> list[Job]:
    """A worker died: all that was under way waits again, and new workers are found."""
    fallen = [job, *running.values()]
    running.clear()
    for one in fallen:
        deaths[one.key] = deaths.get(one.key, 0) + 1
        if deaths[one.key] == TRIES:
            raise LabError(
                f"A worker died {TRIES} times at {one.work} of {dict(one.settings)}: look whether memory ran out, "
                "and use fewer --workers or --pictures."
            )
    hands.renew()
    return sorted([*waiting, *fallen], key=lambda one: one.cost)
