"""Directions: which way is up, given M surrogates."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from demo.attacks.core import Measure, Reading, Task, WeightRule
from demo.attacks.objectives import FUSIONS
from demo.attacks.probe import Probe
from demo.attacks.weights import uniform


@dataclass(frozen=True)
class Ascent:
    """The gradient of one fused loss.

    fusion: what is averaged, `logits`, `predictions` or `losses`. weights: how the surrogates are weighed.
    Under a transform, weights come from the view whose loss they weigh, and frames show the last view's.
    """

    fusion: str = "logits"
    weights: WeightRule = uniform

    def begin(self, probe: Probe, task: Task) -> Measure:
        fuse = FUSIONS[self.fusion]

        def measure(pictures: Tensor, step: int) -> Reading:
            used: list[Tensor] = []

            def loss(logits: Tensor) -> Tensor:
                used.append(self.weights(logits.detach(), task, step))
                return fuse(logits, used[-1], task)

            gradient, logits = probe.fused(pictures, loss)
            return Reading(gradient, logits, used[-1])

        return measure
