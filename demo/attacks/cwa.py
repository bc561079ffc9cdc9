"""CWA: common weakness attack (Chen et al. 2024, Algorithm 1 with MI-FGSM outside)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks.attack import Measure, Reading
from demo.attacks.objectives import FUSIONS
from demo.attacks.probe import Probe
from demo.attacks.steps import unit_length
from demo.attacks.task import Task
from demo.attacks.weights import uniform

REVERSE_SHARE = 15  # the paper steps back by epsilon / 15


@dataclass(frozen=True)
class Cwa:
    """A small step back (for flat maxima), then one step up each surrogate in turn (for aligned gradients).

    x̃ = Π(x - reverse · sign ∇J(x)), J fused; for k = 1 … M: m = momentum · m + ∇J_k(x̃) / ‖∇J_k(x̃)‖₂,
    x̃ = Π(x̃ + inner_step_size · m); the direction is x̃ - x. m lives as long as the run. Norms are each picture's
    own and a zero gradient stays zero, where the published code takes the outer norm over the batch and divides
    by zero. inner_step_size is the published 250: far beyond the ball, so that mostly the sign of m counts.
    details: `cosine`, `(N,)`: how alike the surrogates' gradients are, the mean over all pairs of their cosine.
    """

    fusion: str = "logits"
    momentum: float = 1.0
    inner_step_size: float = 250.0
    reverse_step_size: float | None = None

    def begin(self, probe: Probe, task: Task) -> Measure:
        back = task.epsilon / REVERSE_SHARE if self.reverse_step_size is None else self.reverse_step_size
        velocity = torch.zeros_like(task.images)

        def loss(logits: Tensor) -> Tensor:
            return FUSIONS[self.fusion](logits, uniform(logits, task, 0), task.cross_entropy)

        def measure(pictures: Tensor, step: int) -> Reading:
            nonlocal velocity
            gradient, logits = probe.fused(pictures, loss)
            point = task.project(pictures - back * gradient.sign())
            total, lengths = torch.zeros_like(gradient), torch.zeros_like(gradient[:, 0, 0, 0])
            for k in range(len(probe)):
                own, _ = probe.member(k, point)
                own = unit_length(own)
                velocity = self.momentum * velocity + own
                point = task.project(point + self.inner_step_size * velocity)
                total, lengths = total + own, lengths + _squared(own)
            details = {"cosine": (_squared(total) - lengths) / (len(probe) * (len(probe) - 1))}
            return Reading(point - pictures, logits, details=details)

        return measure


def _squared(directions: Tensor) -> Tensor:
    return directions.square().sum(dim=(-3, -2, -1))
