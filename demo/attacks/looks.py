"""When a classifier that answers by lot counts as fooled: by a majority of looks with a test behind it."""

from __future__ import annotations

from math import comb
from typing import Any

import torch
from torch import Tensor

LOOKS = 20
LEVEL = 0.05


def at_random(classifier: Any) -> bool:
    """Whether it says of itself that every look draws anew."""
    return bool(getattr(classifier, "random", False))


def majority(votes: Tensor, looks: int) -> Tensor:
    """Whether so many of the looks, `(N,)`, are more than the toss of a fair coin gives, at the level of LEVEL.

    One-sided binomial test: with 20 looks it takes 15.
    """
    tails = torch.tensor([_tail(count, looks) for count in range(looks + 1)], dtype=torch.float64, device=votes.device)
    return tails[votes] <= LEVEL


def _tail(count: int, looks: int) -> float:
    """P(X >= count) of as many tosses of a fair coin."""
    return sum(comb(looks, k) for k in range(count, looks + 1)) / 2.0**looks
