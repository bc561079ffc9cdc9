"""Weight rules: how much each surrogate counts at one iteration, from what it says of the pictures.

A rule maps logits `(M,N,C)`, the task and the iteration's number to weights `(M,N)` that sum to 1 over M.
Weights are constants for the gradient and every picture has its own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from demo.attacks.task import Task, WeightRule


def uniform(logits: Tensor, task: Task, step: int) -> Tensor:
    """Every surrogate counts alike (Dong et al. 2018, Eq. 12-14 with equal w_k)."""
    members, pictures, _ = logits.shape
    return logits.new_full((members, pictures), 1 / members)


def fooled_or_not(delta_high: float, delta_low: float = 1.0) -> WeightRule:
    """EnsembleFool-C (Peng et al. 2021, section 4.2): delta_high where x_t fools a surrogate not, else delta_low."""

    def rule(logits: Tensor, task: Task, step: int) -> Tensor:
        if step == 0:
            return uniform(logits, task, step)
        weights = torch.where(task.fooled(logits), delta_low, delta_high).to(logits)
        return weights / weights.sum(0)

    return rule


def remaining_belief(logits: Tensor, task: Task, step: int) -> Tensor:
    """EnsembleFool-A (Peng et al. 2021, Eq. 8): p_k(y | x_t), the probability that each surrogate still gives.

    Uniform at t = 0 (Algorithm 1). Computed through logarithms, so that surrogates that have all but lost
    their belief still divide into 1. The paper knows no targeted attack: there we weigh by what is missing,
    1 - p_k(target | x_t), which is the same idea seen from the attacker's goal.
    """
    if step == 0:
        return uniform(logits, task, step)
    log_belief = -task.cross_entropy(logits)
    if task.targeted:
        others = logits.masked_fill(_one_hot(task.labels, logits), float("-inf"))
        log_belief = others.logsumexp(-1) - logits.logsumexp(-1)
    return log_belief.softmax(0)


def _one_hot(labels: Tensor, logits: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(labels, logits.shape[-1]).bool()
