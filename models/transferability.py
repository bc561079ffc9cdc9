"""Who fools whom (TREND, Ravikumar et al. 2022, III-C and Fig. 1): what is counted, and what is read off the matrix.

A matrix holds sources in rows and targets in columns, as shares of 1; NaN where nothing was counted.
"""

from __future__ import annotations

import torch
from torch import Tensor


def counted(clean: Tensor, wrong: Tensor, source: int) -> tuple[Tensor, Tensor]:
    """How many pictures count for each target, and how many of these fool it; both `(T,)`.

    Counted are pictures that source and target both get right and whose adversarial version fools the source.

    Args:
        clean: `(T,N)`, which targets name which pictures rightly.
        wrong: `(T,N)`, which targets are wrong about the pictures that were made on the source.
        source: its row in both.
    """
    counts = clean & clean[source] & wrong[source]
    return counts.sum(1), (counts & wrong).sum(1)


def means(shares: Tensor) -> tuple[Tensor, Tensor]:
    """What each source fools of the others, `(S,)`, and what fools each target, `(T,)`, of a matrix `(S,T)`.

    The first S targets are the sources. How well a source fools itself is left out: by the counting rule it is 1,
    whoever it is. NaN where there is nothing else.
    """
    others = shares.masked_fill(torch.eye(*shares.shape, dtype=torch.bool), float("nan"))
    return others.nanmean(1), others.nanmean(0)


def asymmetry(shares: Tensor) -> float | None:
    """The mean of |T_ij - T_ji| over the pairs of which both are known, or None without one."""
    square = shares[:, : len(shares)]
    upper = torch.ones_like(square, dtype=torch.bool).triu(1)
    gaps = (square - square.T).abs()[upper]
    return float(gaps.nanmean()) if bool((~gaps.isnan()).any()) else None


def most_diverse(shares: Tensor) -> tuple[list[tuple[int, int]], float]:
    """The pairs that fool one another least, of equals all, and the mean of their two ways; none where none is known.

    It is by these means that TREND (V-B) chooses the networks of an ensemble.
    """
    square = shares[:, : len(shares)]
    both = ((square + square.T) / 2).masked_fill(~torch.ones_like(square, dtype=torch.bool).triu(1), float("nan"))
    if bool(both.isnan().all()):
        return [], float("nan")
    least = both.nan_to_num(nan=float("inf")).min()
    return [(first, second) for first, second in (both == least).nonzero().tolist()], float(least)
