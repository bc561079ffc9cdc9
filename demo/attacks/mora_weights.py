"""How MORA weighs sub-models by what they move of the ensemble's verdict (Yu et al. 2022, Eq. 4-12)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import mean_logits, mean_probability
from demo.attacks.objectives import others_lead

MODES = ("softmax", "voting", "logits")


def ensemble(mode: str, temperature: float) -> Callable[[Tensor], Tensor]:
    """ens of Eq. 4 and 5: from logits `(M,N,C)` to the sub-models' answers before they are averaged."""
    return (lambda z: z) if mode == "logits" else (lambda z: (z / temperature).softmax(-1))


def jury_rule(logits: Tensor, mode: str) -> Tensor:
    """How the ensemble judges: mean probabilities, true votes, or mean logits, `(N,C)`."""
    if mode == "voting":
        return F.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits).mean(0)
    return mean_probability(logits) if mode == "softmax" else mean_logits(logits)


def log_importance(logits: Tensor, labels: Tensor, mode: str, temperature: float, toward: bool) -> Tensor:
    """log λ_m `(M,N)`, with λ_m = ∂k_E/∂k_m (Eq. 9) for sub-models still to be won, and -inf for the others.

    λ_m = s_y (1 - s_y + s_r) / (τM) with s = softmax(z_m/τ) and r the runner-up. Eq. 10 prints the two inner
    signs the other way round; the derivative that Eq. 9 defines has them so. logits mode: λ_m = 1. `toward`:
    the label is a target to be reached; k is then the lead over it, and the formula stays. In logarithms,
    because a certain sub-model's λ underflows long before its share among the others does.
    """
    lead = others_lead(logits, labels)
    standing = lead > 0 if toward else lead < 0
    if mode == "logits":
        return torch.where(standing, 0.0, -math.inf).to(logits)
    shares = (logits / temperature).log_softmax(-1)
    is_label = F.one_hot(labels, logits.shape[-1]).bool()
    others = shares.masked_fill(is_label, -math.inf)
    label_share = shares.masked_fill(~is_label, 0).sum(-1)
    log_weight = label_share + torch.logaddexp(others.logsumexp(-1), others.amax(-1))
    return torch.where(standing, log_weight - math.log(temperature * len(logits)), -math.inf)


def normalised(logits: Tensor, labels: Tensor, toward: bool) -> Tensor:
    """norm of Eq. 12: logits `(N,C)` over their own margin, held constant; 0 where the margin is lost."""
    lead = others_lead(logits, labels).detach()
    margin = lead if toward else -lead
    return logits * torch.where(margin > 0, 1 / margin, 0).unsqueeze(-1)


def shares_of(log_weights: Tensor) -> Tensor:
    """Weights that sum to 1 over M; zeros where all are zero."""
    return log_weights.softmax(0).nan_to_num(0.0)
