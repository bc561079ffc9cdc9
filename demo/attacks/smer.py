"""SMER: stochastic mini-batch black-box attack with ensemble reweighing (Tang et al. 2024, Algorithm 1)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import Measure, Reading
from demo.attacks.probe import Probe
from demo.attacks.steps import unit_mean
from demo.attacks.task import Task

LEARNING_RATE = 2e-2
WEIGHT_DECAY = 2e-3
SMALLEST_LOSS = 1e-35
SMALLEST_SCALE = 1e-2


@dataclass(frozen=True)
class Smer:
    """The way that shuffled passes over the surrogates found, while their scales learn to raise the fused loss.

    At each inner step, with surrogate k of the shuffled order: G = momentum · G + n1(∇CE(w_k z_k(x̃))), then
    w ← w - 0.02 · (∂(-log L)/∂w + 0.002 w) with L = CE(mean_m w_m z_m(x̃)) (for a targeted task, +log L), then
    x̃ = Π(x̃ + inner_step_size · sign G). The last G is the direction. w starts at 1 for each picture and lives as
    long as the run; published code carries it from batch to batch. ∂L/∂w_m = (softmax(ẑ) - onehot) · z_m / M is
    in closed form, so an inner step takes one gradient, of the drawn surrogate, and the other M-1 forward passes.
    w stays at 0.01 or above: below 0 the attack on that surrogate would turn round.
    One shuffle serves the whole batch. rounds: passes over the surrogates. inner_step_size None: the outer one.
    details: `drawn`, the order, `(inner steps,)`; `scales`, `(M,N)`: w. Weights are w / Σw.
    """

    rounds: int = 4
    momentum: float = 1.0
    inner_step_size: float | None = None

    def begin(self, probe: Probe, task: Task) -> Measure:
        length = task.step_size if self.inner_step_size is None else self.inner_step_size
        scales = task.images.new_ones(len(probe), len(task.images))

        def measure(pictures: Tensor, step: int) -> Reading:
            nonlocal scales
            drawn = [k for _ in range(self.rounds) for k in _shuffled(len(probe), probe.generator)]
            point, velocity, first = pictures, torch.zeros_like(pictures), None
            for k in drawn:
                gradient, logits = _pull(probe, task, point, k, scales[k])
                first = logits if first is None else first
                scales = _learn(scales, logits, task)
                velocity = self.momentum * velocity + unit_mean(gradient)
                point = task.project(point + length * velocity.sign())
            details = {"drawn": drawn, "scales": scales}
            return Reading(velocity, first, weights=scales / scales.sum(0), details=details)

        return measure


def _shuffled(count: int, generator: torch.Generator) -> list[int]:
    return torch.randperm(count, generator=generator, device="cpu").tolist()


def _pull(probe: Probe, task: Task, point: Tensor, k: int, scale: Tensor) -> tuple[Tensor, Tensor]:
    """Surrogate k's gradient of CE(scale · z_k), and all surrogates' logits at the point itself."""

    def loss(logits: Tensor) -> Tensor:
        return task.cross_entropy(scale.unsqueeze(-1) * logits[0])

    gradient, own = probe.member(k, point, loss)
    return gradient, probe.logits_beside(point, k, own)


def _learn(scales: Tensor, logits: Tensor, task: Task) -> Tensor:
    members, _, classes = logits.shape
    fused = (scales.unsqueeze(-1) * logits).mean(0)
    is_label = F.one_hot(task.labels, classes).bool()
    others = fused.softmax(-1).masked_fill(is_label, 0)
    error = torch.where(is_label, -others.sum(-1, keepdim=True), others)  # softmax - onehot; 1 - p would round to 0
    slope = (error * logits).sum(-1) / members
    log_slope = slope / task.cross_entropy(fused).clamp(min=SMALLEST_LOSS)
    uphill = -log_slope if task.targeted else log_slope
    return (scales + LEARNING_RATE * (uphill - WEIGHT_DECAY * scales)).clamp(min=SMALLEST_SCALE)
