"""Fusion: one loss from M surrogates' logits (Dong et al. 2018, section 3.2; Liu et al. 2017 for predictions)."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

from demo.attacks.core import Task

Fusion = Callable[[Tensor, Tensor, Task], Tensor]
"""From logits `(M,N,C)`, weights `(M,N)` that sum to 1 over M, and the task to losses `(N,)`, in nats."""


def predictions(logits: Tensor, weights: Tensor, task: Task) -> Tensor:
    """-log of the weighted mean of softmax probabilities, through logarithms so that it never underflows."""
    log_shares = -task.cross_entropy(logits) + weights.log()
    return -log_shares.logsumexp(0)


def logits(logits: Tensor, weights: Tensor, task: Task) -> Tensor:
    """Cross-entropy of the weighted mean of logits."""
    fused = (weights.unsqueeze(-1) * logits).sum(0)
    return F.cross_entropy(fused, task.labels, reduction="none")


def losses(logits: Tensor, weights: Tensor, task: Task) -> Tensor:
    """Weighted mean of cross-entropies."""
    return (weights * task.cross_entropy(logits)).sum(0)


FUSIONS: dict[str, Fusion] = {"logits": logits, "predictions": predictions, "losses": losses}
