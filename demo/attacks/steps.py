"""Steps: how to move along a direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demo.attacks.attack import Mover, Reading
from demo.attacks.task import Task


def unit_mean(gradient: Tensor) -> Tensor:
    """g / mean|g|, picture by picture: the L1 norm up to a constant; a zero gradient stays zero."""
    size = gradient.abs().mean(dim=(-3, -2, -1), keepdim=True)
    return gradient / torch.where(size > 0, size, 1)


def unit_length(gradient: Tensor) -> Tensor:
    """g / ‖g‖₂, picture by picture; a zero gradient stays zero."""
    scaled = unit_mean(gradient)  # the squares of a very small or very large one would vanish or overflow
    size = scaled.square().sum(dim=(-3, -2, -1), keepdim=True).sqrt()
    return scaled / torch.where(size > 0, size, 1)


def cosine(one: Tensor, other: Tensor) -> Tensor:
    """The cosine of the angle between two directions `(…,3,H,W)`: `(…)`; 0 where either is zero."""
    return (unit_length(one) * unit_length(other)).sum(dim=(-3, -2, -1))


@dataclass(frozen=True)
class SignStep:
    """x + step_size · sign(G), with G = momentum · G + g / mean|g| (Dong et al. 2018, Eq. 6-7).

    momentum: the papers' μ; 0 is I-FGSM. nesterov: look where the momentum is about to carry the picture,
    x + step_size · momentum · G (Lin et al. 2020, Eq. 6).
    """

    momentum: float = 0.0
    nesterov: bool = False

    def begin(self, task: Task, generator: torch.Generator) -> Mover:
        return _SignMover(self, task.step_size, torch.zeros_like(task.images))


class _SignMover:
    def __init__(self, settings: SignStep, step_size: float | Tensor, nothing: Tensor) -> None:
        self._settings = settings
        self._step_size = step_size
        self._velocity = nothing
        self._met: tuple[Tensor, Tensor] | None = None

    def look(self, pictures: Tensor) -> Tensor:
        if not self._settings.nesterov:
            return pictures
        return pictures + self._step_size * self._settings.momentum * self._velocity

    def move(self, pictures: Tensor, reading: Reading, step: int) -> Tensor:
        self._met = reading.direction, self._velocity
        self._velocity = self._settings.momentum * self._velocity + unit_mean(reading.direction)
        return pictures + self._step_size * self._velocity.sign()

    def show(self) -> Mapping[str, Any]:
        """turn: `(N,)`, cosine of the last gradient and the accumulated one; 1 straight on, 0 at the first move."""
        return {"turn": cosine(*self._met)} if self._met else {}


@dataclass(frozen=True)
class Leap:
    """x + direction: for directions that know how far to go."""

    def begin(self, task: Task, generator: torch.Generator) -> Mover:
        return _Leaper()


class _Leaper:
    def look(self, pictures: Tensor) -> Tensor:
        return pictures

    def move(self, pictures: Tensor, reading: Reading, step: int) -> Tensor:
        return pictures + reading.direction

    def show(self) -> Mapping[str, Any]:
        return {}
