"""What an attack is made of, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from demo.attacks.probe import Probe
from demo.attacks.task import Task, WeightRule
from demo.attacks.views import Transform


@dataclass(frozen=True)
class Reading:
    """What a direction found at the point it looked at.

    direction: `(N,3,H,W)`, the way to go (uphill for the attacker, targeted or not).
    logits: `(M,N,C)` of the surrogates on exactly the pictures looked at, or None where none were needed.
    weights: `(M,N)`, or None where the attack has no weights.
    rule: how the weights follow from logits alone, where they do: the finished pictures have weights by it too.
    loss: `(N,)`, what the attacker is driving up, for steps that watch their own progress; None where unknown.
    finished: `(N,)` bool, pictures to be left as they are from now on; None to go on with all.
    details: what this attack alone has to show, for its chart.
    """

    direction: Tensor
    logits: Tensor | None = None
    weights: Tensor | None = None
    rule: WeightRule | None = None
    loss: Tensor | None = None
    finished: Tensor | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


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
    notes: sentences on surrogates whose gradient has vanished. A class that a surrogate has switched off (-inf)
        stands in `logits` far below the others.
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
    notes: tuple[str, ...] = ()


class Measure(Protocol):
    def __call__(self, pictures: Tensor, step: int) -> Reading: ...


class Direction(Protocol):
    """Which way is up, given M surrogates. Settings only: a run's state lives in what `begin` returns."""

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


JuryRule = Callable[[Tensor], Tensor]
"""From logits `(M,N,C)` to one answer `(N,C)`, whose largest value names the class."""


def mean_probability(logits: Tensor) -> Tensor:
    """How a jury answers unless said otherwise."""
    return logits.softmax(-1).mean(0)


def mean_logits(logits: Tensor) -> Tensor:
    return logits.mean(0)


@dataclass(frozen=True)
class Attack:
    """Three independent choices, where to start and what to hand back; one object serves many runs at once.

    best: None to finish with the last pictures; a score to finish with each one's best among all that were met.
    judged_by: how it takes the surrogates' logits `(M,N,C)` for one answer `(N,C)`, where it has to say who is fooled.
    """

    direction: Direction
    step: Step
    transforms: Sequence[Transform] = ()
    random_start: bool = False
    best: Score | None = None
    judged_by: JuryRule = mean_probability
