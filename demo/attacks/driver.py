"""The driver. An attack is a direction, a step and transforms; nothing here knows any of them by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from demo.attacks.core import Attack, Frame, Reading, Score, Task
from demo.attacks.probe import Probe, Surrogate


@torch.inference_mode(False)
def run(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Iterator[Frame]:
    """One run, frame by frame; closing the iterator ends the work within one iteration."""
    for step, pictures, probe, reading in _walk(attack, surrogates, task):
        yield _frame(attack, task, step, pictures, probe, reading)


@torch.inference_mode(False)
def finish(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Tensor:
    """The finished pictures alone, without the forward passes that only frames need."""
    pictures = task.images
    for _, pictures, _, _ in _walk(attack, surrogates, task):  # noqa: B007
        pass
    return pictures


def _walk(
    attack: Attack, surrogates: Sequence[Surrogate], task: Task
) -> Iterator[tuple[int, Tensor, Probe, Reading | None]]:
    """Each iterate with what was read there. After the last move nothing is read: its reading is the last one's."""
    generator = torch.Generator().manual_seed(task.seed)
    probe = Probe(surrogates, task, attack.transforms, generator)
    measure = attack.direction.begin(probe, task)
    mover = attack.step.begin(task, generator)
    best = _Best(attack.best, task) if attack.best else None
    pictures = task.start(generator) if attack.random_start else task.images
    reading: Reading | None = None
    for step in range(task.steps):
        if reading is not None and reading.finished is not None and bool(reading.finished.all()):
            yield step, pictures, probe, reading.beside(mover)  # nobody is left to spend anything on
            continue
        probe.renew()
        point = mover.look(pictures)
        reading = measure(point, step)
        here = replace(reading, logits=reading.logits if point is pictures else None).beside(mover)
        if best:
            best.meet(pictures, probe.settled(pictures, here.logits))
        yield step, pictures, probe, here
        moved = task.project(mover.move(pictures, reading, step))
        if reading.finished is not None:
            moved = torch.where(reading.finished.view(-1, 1, 1, 1), pictures, moved)
        pictures = moved
    if best:
        pictures = best.meet(pictures, probe.logits(pictures))
    yield task.steps, pictures, probe, reading and replace(reading, logits=None).beside(mover)


class _Best:
    """Each picture's best so far: one that has arrived before one that has not, then the higher score."""

    def __init__(self, score: Score, task: Task) -> None:
        self._score = score
        self._task = task
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None

    def meet(self, pictures: Tensor, logits: Tensor) -> Tensor:
        arrived, height = self._score(logits, self._task)
        if self._seen is not None:
            best, had_arrived, best_height = self._seen
            better = (arrived & ~had_arrived) | ((arrived == had_arrived) & (height > best_height))
            pictures = torch.where(better.view(-1, 1, 1, 1), pictures, best)
            arrived, height = arrived | had_arrived, torch.where(better, height, best_height)
        self._seen = pictures, arrived, height
        return pictures


def _frame(attack: Attack, task: Task, step: int, pictures: Tensor, probe: Probe, reading: Reading | None) -> Frame:
    cost, queries = probe.backwards, probe.forwards
    logits = reading.logits if reading and reading.logits is not None else probe.logits(pictures)
    probe.forwards = queries  # what it takes to draw a frame is not the attacker's
    losses = task.cross_entropy(logits)
    weights = reading.weights if reading else None
    if step == task.steps and attack.direction.weights:
        weights = attack.direction.weights(logits, task, step)
    return Frame(
        step=step,
        adversarial=pictures.clone(),  # theirs to change
        logits=logits,
        losses=losses,
        confidence=(-losses).exp(),
        fooled=task.fooled(logits),
        weights=weights,
        cost=cost,
        queries=queries,
        details=_copied(reading.details) if reading else {},
    )


def _copied(details: Any) -> Any:
    """The same numbers, which whoever gets them may change: the run's own go on."""
    if isinstance(details, Mapping):
        return {key: _copied(value) for key, value in details.items()}
    return details.clone() if isinstance(details, Tensor) else details
