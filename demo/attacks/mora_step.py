"""MORA's step, and how its fresh starts share the iterations (Yu et al. 2022, Algorithm 1)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demo.attacks.attack import Mover, Reading
from demo.attacks.task import Task

FEWEST = 4  # iterations below which a fresh start is not worth making


@dataclass(frozen=True)
class Phase:
    """Where one iteration lies: in which fresh start, which iteration of it, and how many moves that has."""

    index: int
    offset: int
    moves: int

    @property
    def restarts(self) -> bool:
        """The first iteration of every start but the first only looks who has fallen, and asks for no gradient."""
        return self.index > 0 and self.offset < 0


def affordable(steps: int, starts: int) -> int:
    """How many of the starts can have so many iterations that they are worth making."""
    return max(1, min(starts, steps // FEWEST))


def phase(step: int, steps: int, starts: int) -> Phase:
    """Divides the iterations evenly among as many of the fresh starts as have at least four iterations each."""
    starts = affordable(steps, starts)
    index = next(i for i in range(starts) if step < (i + 1) * steps // starts)
    begin, end = index * steps // starts, (index + 1) * steps // starts
    begin += index > 0
    return Phase(index, step - begin, end - begin)


@dataclass(frozen=True)
class MoraStep:
    """Lines 10-12: long strides that shorten along a cosine, with inertia.

    α = step_size · (1 + cos(iπ/I)); aim = Π(aim + α sign g); x + inertia · (aim - x) + (1 - inertia) · (x - x_before).
    Printed with aim = 0 to begin with, which is no picture of the ball; here it begins at the start. carried: as
    printed; the authors' code begins each stride at x instead, aim = Π(x + α sign g) (`python -m demo.lab mora-aim`
    holds them against each other). starts: how many fresh random starts share the iterations, each with a cosine of
    its own. details: `stride`, α as a share of the first one's.
    """

    inertia: float = 0.75
    carried: bool = True
    starts: int = 1

    def begin(self, task: Task, generator: torch.Generator) -> Mover:
        return _MoraMover(self, task, generator)


class _MoraMover:
    def __init__(self, settings: MoraStep, task: Task, generator: torch.Generator) -> None:
        self._settings = settings
        self._task = task
        self._generator = generator
        self._aim: Tensor | None = None
        self._before: Tensor | None = None
        self._shown: dict[str, Any] = {}

    def look(self, pictures: Tensor) -> Tensor:
        return pictures

    def move(self, pictures: Tensor, reading: Reading, step: int) -> Tensor:
        now = phase(step, self._task.steps, self._settings.starts)
        if now.restarts:
            self._aim = self._before = None
            return self._task.start(self._generator)
        share = (1 + math.cos(math.pi * now.offset / now.moves)) / 2
        aim = pictures if self._aim is None or not self._settings.carried else self._aim
        before = pictures if self._before is None else self._before
        inertia = self._settings.inertia
        self._aim = self._task.project(aim + 2 * share * self._task.step_size * reading.direction.sign())
        self._before = pictures
        self._shown = {"stride": share}
        return pictures + inertia * (self._aim - pictures) + (1 - inertia) * (pictures - before)

    def show(self) -> Mapping[str, Any]:
        return self._shown
