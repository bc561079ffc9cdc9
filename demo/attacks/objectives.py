"""Objectives (what one verdict is worth to the attacker) and fusion (one verdict from M surrogates')."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import JuryRule, Score, mean_logits, mean_probability
from demo.attacks.task import Task

Objective = Callable[[Tensor], Tensor]
"""From logits `(…,N,C)` to losses `(…,N)` that an untargeted attack drives up and a targeted one down."""

ObjectiveFor = Callable[[Task], Objective]

Fusion = Callable[[Tensor, Tensor, Objective], Tensor]
"""From logits `(M,N,C)`, weights `(M,N)` that sum to 1 over M, and an objective to losses `(N,)`."""


def cross_entropy(task: Task) -> Objective:
    """-log p(label), in nats."""
    return task.cross_entropy


def others_lead(logits: Tensor, labels: Tensor) -> Tensor:
    """max_{i≠label} z_i - z_label, `(…,N)`: positive where another class leads."""
    is_label = F.one_hot(labels, logits.shape[-1]).bool()
    best_other = logits.masked_fill(is_label, float("-inf")).amax(-1)
    return best_other - logits.masked_fill(~is_label, 0).sum(-1)


def margin(confidence: float) -> ObjectiveFor:
    """Carlini and Wagner's f (2017, f_6), kept flat once a verdict is wrong (or the target leads) by `confidence`."""

    def objective(task: Task) -> Objective:
        def losses(logits: Tensor) -> Tensor:
            lead = others_lead(logits, task.labels)
            return lead.clamp(min=-confidence) if task.targeted else lead.clamp(max=confidence)

        return losses

    return objective


def logits_ratio(task: Task) -> Objective:
    """Difference of logits ratio (Croce and Hein 2020, Eq. 6), which no rescaling of the logits changes.

    (max_{i≠y} z_i - z_y) / (z_1st - z_3rd); targeted, with the target for y, / (z_1st - (z_3rd + z_4th)/2), since
    a task knows no true class beside the target. Raises ValueError for fewer classes than that takes.
    """
    needed = 4 if task.targeted else 3

    def losses(logits: Tensor) -> Tensor:
        if logits.shape[-1] < needed:
            raise ValueError(f"The logits ratio needs {needed} classes or more; {logits.shape[-1]} given: use apgd-ce.")
        ranked = logits.topk(needed, dim=-1).values
        spread = ranked[..., 0] - ranked[..., 2:].mean(-1)
        return others_lead(logits, task.labels) / torch.where(spread > 0, spread, 1)

    return losses


def predictions(logits: Tensor, weights: Tensor, objective: Objective) -> Tensor:
    """The objective of the weighted mean of softmax probabilities, through logarithms so that it never underflows.

    Liu et al. 2017; for cross-entropy it is -log Σ w_k p_k(label).
    """
    log_shares = logits.log_softmax(-1) + weights.log().unsqueeze(-1)
    return objective(log_shares.logsumexp(0))


def logits(logits: Tensor, weights: Tensor, objective: Objective) -> Tensor:
    """The objective of the weighted mean of logits (Dong et al. 2018, section 3.2)."""
    return objective((weights.unsqueeze(-1) * logits).sum(0))


def losses(logits: Tensor, weights: Tensor, objective: Objective) -> Tensor:
    """The weighted mean of every surrogate's own objective."""
    return (weights * objective(logits)).sum(0)


FUSIONS: dict[str, Fusion] = {"logits": logits, "predictions": predictions, "losses": losses}


def fused_rule(fusion: str) -> JuryRule:
    """How evenly fused surrogates answer. Fusion of losses has no verdict of its own; it takes the mean of logits."""
    return mean_probability if fusion == "predictions" else mean_logits


def fused_score(fusion: str, objective: ObjectiveFor) -> Score:
    """How good a picture is as an outcome: whether the evenly fused surrogates are fooled, and their loss."""

    def score(logits: Tensor, task: Task) -> tuple[Tensor, Tensor]:
        members, pictures, _ = logits.shape
        even = logits.new_full((members, pictures), 1 / members)
        loss = FUSIONS[fusion](logits, even, objective(task))
        return task.fooled(fused_rule(fusion)(logits)), -loss if task.targeted else loss

    return score
