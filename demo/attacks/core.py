"""The driver. An attack is a direction, a step and transforms; nothing here knows any of them by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.probe import Probe, Surrogate, Transform

WeightRule = Callable[[Tensor, "Task", int], Tensor]
"""From logits `(M,N,C)`, the task and the iteration's number to weights `(M,N)` that sum to 1 over M."""


@dataclass(frozen=True)
class Task:
    """What is asked of an attack. It has no field that could carry a held-out classifier.

    images: `(N,3,H,W)` in [0,1]; labels: `(N,)`, the true class, or with `targeted` the wanted one.
    epsilon, step_size: L-infinity radius and length of one step, in pixel units of 1; each picture may have its
    own, `(N,1,1,1)`.
    """

    images: Tensor
    labels: Tensor
    epsilon: float | Tensor
    steps: int
    step_size: float | Tensor
    targeted: bool = False
    seed: int = 0

    @cached_property
    def _lower(self) -> Tensor:
        return (self.images - self.epsilon).clamp(min=0)

    @cached_property
    def _upper(self) -> Tensor:
        return (self.images + self.epsilon).clamp(max=1)

    def project(self, pictures: Tensor) -> Tensor:
        """The nearest pictures inside both the epsilon-ball and [0,1]."""
        return torch.clamp(pictures, self._lower, self._upper)

    def start(self, generator: torch.Generator) -> Tensor:
        """A point uniform in the ball. One draw serves every picture of the batch: none depends on its neighbours."""
        noise = torch.rand(self.images.shape[1:], generator=generator, dtype=torch.float64) * 2 - 1
        return self.project(self.images + self.epsilon * noise.to(self.images))

    def fooled(self, logits: Tensor) -> Tensor:
        """Whether each verdict `(…,N,C)` is what the attacker wants, `(…,N)` bool."""
        verdict = logits.argmax(-1)
        return verdict == self.labels if self.targeted else verdict != self.labels

    def confidence(self, logits: Tensor) -> Tensor:
        """Softmax probability of the label, `(…,N)`."""
        return (-self.cross_entropy(logits)).exp()

    def cross_entropy(self, logits: Tensor) -> Tensor:
        """Cross-entropy of the label for logits `(…,N,C)`: `(…,N)`, in nats."""
        labels = self.labels.expand(logits.shape[:-1])
        return F.cross_entropy(logits.flatten(0, -2), labels.flatten(), reduction="none").view(labels.shape)


@dataclass(frozen=True)
class Reading:
    """What a direction found at the point it looked at.

    direction: `(N,3,H,W)`, the way to go (uphill for the attacker, targeted or not).
    logits: `(M,N,C)` of the surrogates on exactly the pictures looked at, or None where none were needed.
    weights: `(M,N)`, or None where the attack has no weights.
    loss: `(N,)`, what the attacker is driving up, for steps that watch their own progress; None where unknown.
    finished: `(N,)` bool, pictures to be left as they are from now on; None to go on with all.
    details: what this attack alone has to show, for its chart.
    """

    direction: Tensor
    logits: Tensor | None = None
    weights: Tensor | None = None
    loss: Tensor | None = None
    finished: Tensor | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def beside(self, mover: Mover) -> Reading:
        """This reading with what the mover's last move has to show."""
        return replace(self, details={**self.details, **mover.show()})


@dataclass(frozen=True)
class Frame:
    """What one iteration leaves behind; M surrogates, N pictures, C classes.

    step: 0 … steps; the last frame holds the finished pictures.
    adversarial: `(N,3,H,W)` in [0,1]. logits `(M,N,C)`, losses (cross-entropy, nats), confidence (softmax
    probability of the label) and fooled, each `(M,N)`, are the surrogates' on exactly these pictures.
    weights: `(M,N)`, what each surrogate counts at this iteration; None where the attack has no weights.
    cost: member gradients spent so far (backward passes through one surrogate, for the whole batch).
    queries: member forward passes that the attack has spent so far (what it took to draw this frame aside).
    details: what this attack alone has to show: of its reading here and of the move that led here. Nothing is
        read after the last move, so the last frame repeats the last reading's.
    """

    step: int
    adversarial: Tensor
    logits: Tensor
    losses: Tensor
    confidence: Tensor
    fooled: Tensor
    weights: Tensor | None
    cost: int
    queries: int
    details: Mapping[str, Any] = field(default_factory=dict)


class Measure(Protocol):
    def __call__(self, pictures: Tensor, step: int) -> Reading: ...


class Direction(Protocol):
    """Which way is up, given M surrogates. Settings only: a run's state lives in what `begin` returns."""

    @property
    def weights(self) -> WeightRule | None:
        """How surrogates are weighed, where that follows from their logits alone."""

    def begin(self, probe: Probe, task: Task) -> Measure: ...


class Mover(Protocol):
    def look(self, pictures: Tensor) -> Tensor:
        """The point at which the next direction is wanted."""

    def move(self, pictures: Tensor, reading: Reading, step: int) -> Tensor:
        """The next pictures, before projection."""

    def show(self) -> Mapping[str, Any]:
        """What the last move alone has to show, for the attack's chart; nothing before the first."""


class Step(Protocol):
    """How to move along a direction. Settings only: a run's state lives in what `begin` returns."""

    def begin(self, task: Task, generator: torch.Generator) -> Mover: ...


Score = Callable[[Tensor, Task], tuple[Tensor, Tensor]]
"""From logits `(M,N,C)` and the task to whether a picture has arrived, `(N,)` bool, and how far it is, `(N,)`."""


@dataclass(frozen=True)
class Attack:
    """Three independent choices, where to start and what to hand back; one object serves many runs at once.

    best: None to finish with the last pictures; a score to finish with each one's best among all that were met.
    """

    direction: Direction
    step: Step
    transforms: Sequence[Transform] = ()
    random_start: bool = False
    best: Score | None = None


def run(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Iterator[Frame]:
    """One run, frame by frame; closing the iterator ends the work within one iteration."""
    for step, pictures, probe, reading in _walk(attack, surrogates, task):
        yield _frame(attack, task, step, pictures, probe, reading)


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
            yield step, pictures, probe, reading  # nobody is left to spend anything on
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
    weights = reading.weights if reading else None
    if step == task.steps and attack.direction.weights:
        weights = attack.direction.weights(logits, task, step)
    return Frame(
        step=step,
        adversarial=pictures,
        logits=logits,
        losses=task.cross_entropy(logits),
        confidence=task.confidence(logits),
        fooled=task.fooled(logits),
        weights=weights,
        cost=cost,
        queries=queries,
        details=reading.details if reading else {},
    )
