"""APGD's step (Croce and Hein 2020, Algorithm 1): long strides that halve where they stop paying, from the best point.

Our own rather than a library's: of those that install beside this torch, adv-lib 0.2.8 draws a batch's random
start from the global generator and drops finished pictures from the batch, so that a picture's result depends on
its neighbours, hands back no iterates, takes the loss before the start for 0, and imports distutils, which Python
3.12 no longer has; torchattacks 3.5.1 shares the start's fault and pins requests to 2.25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demo.attacks.attack import Mover, Reading
from demo.attacks.task import Task

FIRST_CHECK, EARLIER, SHORTEST = 0.22, 0.03, 0.06  # of all iterations: the first interval, its shrinkage, its end
RISING = 0.75  # the share of steps in an interval that must have raised the loss
INERTIA = 0.75


@dataclass(frozen=True)
class ApgdStep:
    """aim = Π(x + η sign g), x + 0.75 · (aim - x) + 0.25 · (x - x_before); η starts at step_size (2 epsilon).

    At checkpoints, picture by picture: where fewer than 75 % of the steps since the last raised the loss, or neither
    η nor the best loss has changed, η halves and the walk goes on from the best point. Needs readings with a loss.

    Intervals are cut down to whole numbers, as in the authors' code: the paper's ⌈p_j · steps⌉ are the same for 100
    iterations, and for 10 look after 3, 5, 6 … of them instead of after 2, 3, 4 …. Their code, and the libraries that
    took it over, also count the first move as a rise whatever it did, hand back the last picture that fooled where
    ours is the one with the highest loss, and the clean one where none did.
    details: `stride`, η in pixel units, and `best`, the best loss so far, each `(N,)`.
    """

    def begin(self, task: Task, generator: torch.Generator) -> Mover:
        return _ApgdMover(task)


class _ApgdMover:
    def __init__(self, task: Task) -> None:
        self._task = task
        pictures = task.images
        self._stride = torch.zeros_like(pictures[:, :1, :1, :1]) + task.step_size
        self._interval = max(int(FIRST_CHECK * task.steps), 1)
        self._since = 0  # moves since the last checkpoint
        self._rises = pictures.new_zeros(len(pictures))
        self._halved = torch.ones_like(self._rises, dtype=torch.bool)
        self._before = pictures
        self._best = pictures, pictures, self._rises
        self._loss = self._best_at_check = self._rises

    def look(self, pictures: Tensor) -> Tensor:
        return pictures

    def move(self, pictures: Tensor, reading: Reading, step: int) -> Tensor:
        assert reading.loss is not None
        direction = reading.direction
        if step == 0:
            self._best, self._best_at_check = (pictures, direction, reading.loss), reading.loss
            self._before = pictures
        else:
            self._keep(pictures, direction, reading.loss)
            if self._since == self._interval:
                pictures, direction = self._check(pictures, direction)
        self._loss = reading.loss
        self._since += 1
        aim = self._task.project(pictures + self._stride * direction.sign())
        inertia = INERTIA if step else 1.0
        moved = pictures + inertia * (aim - pictures) + (1 - inertia) * (pictures - self._before)
        self._before = pictures
        return moved

    def _keep(self, pictures: Tensor, direction: Tensor, loss: Tensor) -> None:
        best, best_direction, best_loss = self._best
        better = loss > best_loss
        where = better.view(-1, 1, 1, 1)
        self._best = (
            torch.where(where, pictures, best),
            torch.where(where, direction, best_direction),
            torch.where(better, loss, best_loss),
        )
        self._rises = self._rises + (loss > self._loss)

    def _check(self, pictures: Tensor, direction: Tensor) -> tuple[Tensor, Tensor]:
        best, best_direction, best_loss = self._best
        stuck = ~self._halved & (self._best_at_check >= best_loss)
        self._halved = (self._rises <= RISING * self._interval) | stuck
        self._best_at_check = best_loss
        self._rises = torch.zeros_like(self._rises)
        self._since = 0
        self._interval = max(
            self._interval - max(int(EARLIER * self._task.steps), 1), int(SHORTEST * self._task.steps), 1
        )
        where = self._halved.view(-1, 1, 1, 1)
        self._stride = torch.where(where, self._stride / 2, self._stride)
        return torch.where(where, best, pictures), torch.where(where, best_direction, direction)

    def show(self) -> Mapping[str, Any]:
        return {"stride": self._stride.flatten(), "best": self._best[2]}
