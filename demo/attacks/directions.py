"""Directions: which way is up, given M surrogates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks.attack import Measure, Reading
from demo.attacks.objectives import FUSIONS, ObjectiveFor, cross_entropy
from demo.attacks.probe import Probe
from demo.attacks.task import Task, WeightRule
from demo.attacks.weights import uniform


@dataclass(frozen=True)
class Ascent:
    """The gradient of one fused loss.

    fusion: what is averaged, `logits`, `predictions` or `losses`. weights: how the surrogates are weighed.
    objective: what the fused verdict is worth.
    Under transforms the weights still follow what the surrogates say of the picture itself, as their papers
    write, and one set of weights serves all views: that takes one forward pass of each surrogate more.
    details: `loss`, `(N,)`, the fused objective that the attacker drives up (under SI, its mean over the views).
    """

    fusion: str = "logits"
    weights: WeightRule = uniform
    objective: ObjectiveFor = cross_entropy

    def begin(self, probe: Probe, task: Task) -> Measure:
        fuse = FUSIONS[self.fusion]
        objective = self.objective(task)

        def measure(pictures: Tensor, step: int) -> Reading:
            ahead = self.weights is not uniform and not probe.plain
            said = probe.logits(pictures) if ahead else None
            used: list[tuple[Tensor, Tensor]] = []

            def loss(logits: Tensor) -> Tensor:
                weights = self.weights((logits if said is None else said).detach(), task, step)
                losses = fuse(logits, weights, objective)
                used.append((weights, losses.detach()))
                return losses

            gradient, logits = probe.fused(pictures, loss)
            weights = used[-1][0]
            climbed = used[0][1] if len(used) == 1 else torch.stack([losses for _, losses in used]).mean(0)
            climbed = -climbed if task.targeted else climbed
            answers = said if ahead else logits
            return Reading(
                gradient, answers, weights=weights, rule=self.weights, loss=climbed, details={"loss": climbed}
            )

        return measure
