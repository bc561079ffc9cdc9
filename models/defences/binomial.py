"""The statistics of a vote: exact binomial tails and Wilson's interval, from the standard library."""

from __future__ import annotations

import math
from statistics import NormalDist

import torch
from torch import Tensor


def tail(hits: int, trials: int, probability: float) -> float:
    """P(X >= hits) for X ~ Binomial(trials, probability), summed exactly in logarithms."""
    if hits <= 0:
        return 1.0
    if probability <= 0:
        return 0.0
    if probability >= 1:
        return 1.0
    yes, no = math.log(probability), math.log1p(-probability)
    ways = (math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) for k in range(hits, trials + 1))
    terms = [way + k * yes + (trials - k) * no for k, way in enumerate(ways, hits)]
    peak = max(terms)
    return min(1.0, math.exp(peak) * math.fsum(math.exp(term - peak) for term in terms))


def fair_coin(first: int, second: int) -> float:
    """The two-sided p-value of "both classes are equally likely" when one got `first` votes, the other `second`."""
    return min(1.0, 2 * tail(max(first, second), first + second, 0.5))


def lower_bound(hits: int, trials: int, alpha: float) -> float:
    """Clopper and Pearson's one-sided lower confidence bound, at level 1 - alpha, of a probability."""
    low, high = 0.0, hits / trials
    for _ in range(60):  # bisection to the last bit of a double
        middle = (low + high) / 2
        low, high = (middle, high) if tail(hits, trials, middle) < alpha else (low, middle)
    return low


def wilson(shares: Tensor, trials: int, confidence: float = 0.95) -> tuple[Tensor, Tensor]:
    """Wilson's score interval (low, high) of observed shares in [0,1] from so many trials."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (shares + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = z / (1 + z * z / trials) * torch.sqrt(shares * (1 - shares) / trials + (z / (2 * trials)) ** 2)
    return (centre - spread).clamp(0, 1), (centre + spread).clamp(0, 1)
