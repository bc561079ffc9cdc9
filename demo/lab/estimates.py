"""From a number a picture to an estimate with its interval, and to a paired comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import torch

from models.defences.binomial import tail, wilson

SURE = 0.95
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
    """Shares, whose samples are 0 and 1, by Wilson's interval; means by the normal one.

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

    p: of McNemar's exact test where there is one column of 0 and 1, else of the paired normal test. Pictures of which
    either is unknown in all columns do not count.
    """
    first, second = (known_mean(side) for side in (more, less))
    gaps = (first - second)[~np.isnan(first - second)]
    if not len(gaps):
        return Estimate(math.nan, math.nan, math.nan, 0), math.nan
    value, reach = float(gaps.mean()), _half(gaps)
    if set(np.unique(gaps)) <= {-1.0, 0.0, 1.0}:
        gained, lost = int((gaps > 0).sum()), int((gaps < 0).sum())
        p = min(1.0, 2 * tail(max(gained, lost), gained + lost, 0.5)) if gained + lost else 1.0
    else:
        scale = reach / NormalDist().inv_cdf((1 + SURE) / 2)
        p = 2 * (1 - NormalDist().cdf(abs(value) / scale)) if scale else float(value == 0)
    return Estimate(value, value - reach, value + reach, len(gaps)), p


def known_mean(several: Sequence[Samples]) -> Samples:
    """Picture by picture, over those that are known; NaN where none is."""
    stacked = np.stack(several)
    known = ~np.isnan(stacked)
    return np.where(known.any(0), np.where(known, stacked, 0).sum(0) / np.maximum(known.sum(0), 1), np.nan)


def _half(values: np.ndarray) -> float:
    """Half of the 95 % interval of a mean."""
    if len(values) < 2:
        return math.inf
    return NormalDist().inv_cdf((1 + SURE) / 2) * float(values.std(ddof=1)) / math.sqrt(len(values))
