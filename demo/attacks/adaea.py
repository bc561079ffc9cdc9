"""AdaEA: adaptive ensemble attack (Chen et al. 2023)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks.attack import Measure, Reading
from demo.attacks.objectives import FUSIONS
from demo.attacks.probe import Probe
from demo.attacks.task import Task

SMALLEST_LOSS = 1e-35  # keeps ratios of losses finite where a surrogate is certain of the label


@dataclass(frozen=True)
class AdaEa:
    """Surrogates weigh by how well their own step works on the others; pixels on which they clash are left alone.

    Adaptive gradient modulation (section 3.2): x_j = Π(x + step_size · sign ∇L_j(x)) and
    w = softmax_j( beta · Σ_{i≠j} L_i(x_j) / L_i(x_i) ); for a targeted task, whose losses should fall, the ratio
    is turned over. Disparity-reduced filter (section 3.3): the gradient of the w-weighted fusion is zeroed where
    the cosine of the surrogates' gradients across colours, averaged over all pairs, is below `threshold`.
    Weights are each picture's own and all pairs count; published code shares one weight vector across the batch
    and drops pairs. The M² losses need forward passes only, and the weighted fusion none: it goes back a second time
    through the graphs that the members' own gradients came by.
    details: `kept`, `(N,)`, the share of pixels that pass the filter; `agreement`, `(N,)`, the mean cosine.
    """

    fusion: str = "logits"
    beta: float = 10.0
    threshold: float = -0.3

    def begin(self, probe: Probe, task: Task) -> Measure:
        def measure(pictures: Tensor, step: int) -> Reading:
            gradient, gradients, logits, weights = self._weighed(probe, task, pictures)
            agreement = _pairwise_cosine(gradients)
            kept = (agreement >= self.threshold).to(gradient)
            details = {"kept": kept.mean(dim=(1, 2, 3)), "agreement": agreement.mean(dim=(1, 2, 3))}
            return Reading(gradient * kept, logits, weights=weights, details=details)

        return measure

    def _weighed(self, probe: Probe, task: Task, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
        """The weighted fusion's gradient, every surrogate's own, the logits, and the weights."""
        if self.fusion == "losses":  # the weighted mean of gradients that are already there
            gradients, logits = probe.members(pictures)
            weights = self._weights(probe, task, pictures, gradients)
            return (weights[..., None, None, None] * gradients).sum(0), gradients, logits, weights
        gradients, logits, fused = probe.members_first(pictures)
        weights = self._weights(probe, task, pictures, gradients)
        gradient = fused(lambda logits: FUSIONS[self.fusion](logits, weights, task.cross_entropy))
        return gradient, gradients, logits, weights

    def _weights(self, probe: Probe, task: Task, pictures: Tensor, gradients: Tensor) -> Tensor:
        tried = task.project(pictures + task.step_size * gradients.sign())
        # losses[j, i]: surrogate i's loss where surrogate j's own step leads.
        losses = task.cross_entropy(probe.variants(tried)).clamp(min=SMALLEST_LOSS)
        own = losses.diagonal().T
        ratios = own / losses if task.targeted else losses / own
        others = ratios.sum(1) - ratios.diagonal().T
        return (self.beta * others).softmax(0)


def _pairwise_cosine(gradients: Tensor) -> Tensor:
    """At every pixel the mean over all pairs of the cosine of their colour vectors: `(N,1,H,W)`."""
    members = len(gradients)
    largest = gradients.abs().amax(2, keepdim=True)
    scaled = gradients / torch.where(largest > 0, largest, 1)  # squares of tiny ones would vanish
    length = scaled.square().sum(2, keepdim=True).sqrt()
    unit = scaled / torch.where(length > 0, length, 1)
    pairs = unit.sum(0).square().sum(1, keepdim=True) - unit.square().sum((0, 2)).unsqueeze(1)
    return pairs / (members * (members - 1))
