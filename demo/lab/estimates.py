"""From a number a picture to an estimate with its interval, and to a paired comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import torch

from models.defences.binomial import fair_coin, wilson

SURE = 0.95
FEWEST = 5
"""Pictures from which on a mean is given an interval: the scatter of fewer says nothing."""
EXACT = 12
LOTS = 9999
ROUNDING = 1e-9
Samples = np.ndarray
"""`(N,)` float: a picture's own number; NaN where the picture does not count."""


@dataclass(frozen=True)
class Estimate:
    """value with its 95 % interval, from n pictures; NaN where nothing is known."""

    value: float
    low: float
    high: float
    n: int


def estimate(samples: Samples, share: bool = True) -> Estimate:
    """Shares, whose samples are 0 and 1, by Wilson's interval; means by Student's.

    share: whether they can be shares: a score of 0 throughout is none.
    """
    known = samples[~np.isnan(samples)]
    if not len(known):
        return Estimate(math.nan, math.nan, math.nan, 0)
    value = float(known.mean())
    if share and set(np.unique(known)) <= {0.0, 1.0}:
        low, high = (float(end) for end in wilson(torch.tensor(value, dtype=torch.float64), len(known), SURE))
        return Estimate(value, low, high, len(known))
    reach = _half(known)
    return Estimate(value, value - reach, value + reach, len(known))


def paired(more: Sequence[Samples], less: Sequence[Samples]) -> tuple[Estimate, float]:
    """The mean over pictures of `more - less`, each averaged over its columns, with its interval and p-value.

    p: of McNemar's exact test where there is one column of 0 and 1, else of the paired permutation test, which asks how
    often signs drawn by lot give a mean as far from 0: valid for any number of pictures. Pictures of which either is
    unknown in all columns do not count.
    """
    first, second = (known_mean(side) for side in (more, less))
    gaps = (first - second)[~np.isnan(first - second)]
    if not len(gaps):
        return Estimate(math.nan, math.nan, math.nan, 0), math.nan
    value, reach = float(gaps.mean()), _half(gaps)
    if set(np.unique(gaps)) <= {-1.0, 0.0, 1.0}:
        gained, lost = int((gaps > 0).sum()), int((gaps < 0).sum())
        p = fair_coin(gained, lost) if gained + lost else 1.0
    else:
        p = _permuted(gaps)
    return Estimate(value, value - reach, value + reach, len(gaps)), p


def _permuted(gaps: np.ndarray) -> float:
    """The p-value of a mean of 0, were every sign as likely as the other."""
    count = len(gaps)
    if count <= EXACT:
        ways = np.arange(2**count)[:, None] >> np.arange(count) & 1
        return float((abs((2 * ways - 1) @ gaps) >= abs(gaps.sum()) - ROUNDING).mean())
    signs = np.random.default_rng(0).integers(0, 2, (LOTS, count), dtype=np.int8) * 2 - 1
    return float((1 + (abs(signs @ gaps) >= abs(gaps.sum()) - ROUNDING).sum()) / (1 + LOTS))


def known_mean(several: Sequence[Samples]) -> Samples:
    """Picture by picture, over those that are known; NaN where none is."""
    stacked = np.stack(several)
    known = ~np.isnan(stacked)
    return np.where(known.any(0), np.where(known, stacked, 0).sum(0) / np.maximum(known.sum(0), 1), np.nan)


def _half(values: np.ndarray) -> float:
    """Half of the 95 % interval of a mean: Student's, whose quantile is Cornish and Fisher's expansion."""
    free = len(values) - 1
    if len(values) < FEWEST:
        return math.inf
    z = NormalDist().inv_cdf((1 + SURE) / 2)
    quantile = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return quantile * float(values.std(ddof=1)) / math.sqrt(len(values))
