"""Steps: how to move along a direction."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks.core import Mover, Task


def unit_mean(gradient: Tensor) -> Tensor:
    """g / mean|g|, picture by picture: the L1 norm up to a constant; a zero gradient stays zero."""
    size = gradient.abs().mean(dim=(-3, -2, -1), keepdim=True)
    return gradient / torch.where(size > 0, size, 1)


@dataclass(frozen=True)
class SignStep:
    """x + step_size · sign(G), with G = momentum · G + g / mean|g| (Dong et al. 2018, Eq. 6-7).

    momentum: the papers' μ; 0 is I-FGSM. nesterov: look where the momentum is about to carry the picture,
    x + step_size · momentum · G (Lin et al. 2020, Eq. 6).
    """

    momentum: float = 0.0
    nesterov: bool = False

    def begin(self, task: Task) -> Mover:
        return _SignMover(self, task.step_size, torch.zeros_like(task.images))


class _SignMover:
    def __init__(self, settings: SignStep, step_size: float, nothing: Tensor) -> None:
        self._settings = settings
        self._step_size = step_size
        self._velocity = nothing

    def look(self, pictures: Tensor) -> Tensor:
        if not self._settings.nesterov:
            return pictures
        return pictures + self._step_size * self._settings.momentum * self._velocity

    def move(self, pictures: Tensor, direction: Tensor, step: int) -> Tensor:
        self._velocity = self._settings.momentum * self._velocity + unit_mean(direction)
        return pictures + self._step_size * self._velocity.sign()
