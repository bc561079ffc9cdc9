"""The driver. An attack is a direction, a step and transforms; nothing here knows any of them by name."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demo.attacks.attack import Attack, Frame, Reading, Score
from demo.attacks.probe import Probe
from demo.attacks.surrogates import Surrogate
from demo.attacks.task import Task


@dataclass(frozen=True)
class Moment:
    """One iterate, with what was read there: at the last, where nothing is read any more, what was read before.

    logits: the surrogates' on exactly these pictures, where they are there already. moved: what the last move has to
    show, which only frames ask for. gradients, forwards: what the attack has spent until now.
    """

    step: int
    pictures: Tensor
    reading: Reading
    logits: Tensor | None
    moved: Callable[[], Mapping[str, Any]]
    gradients: int
    forwards: int


@torch.inference_mode(False)
def run(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Iterator[Frame]:
    """One run, frame by frame; closing the iterator ends the work within one iteration."""
    probe = _probe(attack, surrogates, task)
    for moment in _walk(attack, probe, task):
        yield _frame(moment, probe, task)


@torch.inference_mode(False)
def walk(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Iterator[Tensor]:
    """The pictures `(N,3,H,W)` of each iterate alone, without the forward passes that only frames need."""
    for moment in _walk(attack, _probe(attack, surrogates, task), task):
        yield moment.pictures


def _probe(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Probe:
    return Probe(surrogates, task, attack.transforms, torch.Generator().manual_seed(task.seed))


def _walk(attack: Attack, probe: Probe, task: Task) -> Iterator[Moment]:
    """Each iterate in turn, steps + 1 of them. The task's steps are at least 1."""
    measure = attack.direction.begin(probe, task)
    mover = attack.step.begin(task, probe.generator)
    best = _Best(attack.best, probe, task) if attack.best else None
    pictures = task.start(probe.generator) if attack.random_start else task.images
    reading = Reading(torch.zeros_like(pictures))
    told = 0

    def moment(step: int, logits: Tensor | None = None) -> Moment:
        return Moment(
            step=step,
            pictures=pictures,
            reading=reading,
            logits=logits,
            moved=mover.show,
            gradients=probe.gradients,
            forwards=probe.forwards,
        )

    for step in range(task.steps):
        if reading.finished is not None and bool(reading.finished.all()):
            yield moment(step)  # nobody is left to spend anything on
            continue
        probe.renew()
        point = mover.look(pictures)
        reading = measure(point, step)
        _look_over(reading, step, probe.notes[told:])
        told = len(probe.notes)
        seen = reading.logits if point is pictures else None
        if best:
            best.meet(pictures, probe.settled(pictures, seen))
        yield moment(step, seen)
        moved = task.project(mover.move(pictures, reading, step))
        if reading.finished is not None:
            moved = torch.where(reading.finished.view(-1, 1, 1, 1), pictures, moved)
        pictures = moved
    if best:
        pictures = best.meet(pictures, probe.logits(pictures))
    yield moment(task.steps)


def _look_over(reading: Reading, step: int, notes: Sequence[str]) -> None:
    """Warns of what is new, and refuses what no picture can be made of."""
    for note in notes:
        warnings.warn(note, stacklevel=2)
    if not _finite(reading.direction):
        raise ValueError(
            f"The gradient is not finite at iteration {step}: look for a root or a logarithm of 0 in a surrogate."
        )


def _finite(direction: Tensor) -> bool:
    """Where the sum is finite, every part is; where it is not, it may have overflowed."""
    return math.isfinite(float(direction.sum())) or bool(direction.isfinite().all())


class _Best:
    """Each picture's best so far: one that has arrived before one that has not, then the higher score."""

    def __init__(self, score: Score, probe: Probe, task: Task) -> None:
        self._score = score
        self._probe = probe
        self._task = task
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None

    def meet(self, pictures: Tensor, logits: Tensor) -> Tensor:
        arrived, height = self._score(logits, self._task)
        arrived = self._probe.confirmed(pictures, arrived, lambda logits: self._score(logits, self._task)[0])
        if self._seen is not None:
            best, had_arrived, best_height = self._seen
            better = (arrived & ~had_arrived) | ((arrived == had_arrived) & (height > best_height))
            pictures = torch.where(better.view(-1, 1, 1, 1), pictures, best)
            arrived, height = arrived | had_arrived, torch.where(better, height, best_height)
        self._seen = pictures, arrived, height
        return pictures


def _frame(moment: Moment, probe: Probe, task: Task) -> Frame:
    logits = probe.peek(moment.pictures) if moment.logits is None else moment.logits
    losses = task.cross_entropy(logits)
    reading, weights = moment.reading, moment.reading.weights
    if moment.step == task.steps and reading.rule:
        weights = reading.rule(logits, task, moment.step)
    return Frame(
        step=moment.step,
        adversarial=moment.pictures.clone(),  # theirs to change
        logits=logits,
        losses=losses,
        confidence=(-losses).exp(),
        fooled=task.fooled(logits),
        weights=weights,
        cost=moment.gradients,
        queries=moment.forwards,
        details=_copied({**reading.details, **moment.moved()}),
        notes=probe.notes,
    )


def _copied(details: Any) -> Any:
    """The same numbers, which whoever gets them may change: the run's own go on."""
    if isinstance(details, Mapping):
        return {key: _copied(value) for key, value in details.items()}
    return details.clone() if isinstance(details, Tensor) else details
