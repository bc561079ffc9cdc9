"""Measures of transfer: who fools whom, how that grows with strength, and what juries chosen by it are worth (TREND).

After Ravikumar et al. 2022; `models.transferability` has the counting rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import torch

from demo.lab.job import Arrays
from demo.lab.juries import ballot, named
from models.transferability import counted

Statistic = Callable[[np.ndarray], np.ndarray]
"""From means over pictures, `(…,K)`, to one number, `(…,)`."""
RATES = np.geomspace(1e-3, 10, 800)


def transferred(*results: Arrays) -> np.ndarray:
    """TM, Eq. 1: whether what was made on a source fools a target; NaN where it does not count.

    Counted are pictures that both named rightly and whose adversarial version fools the source. results: in fours,
    the target's and the source's verdict on what was made, and on the clean pictures; of several fours the mean for
    each picture, over those that count.
    """
    *verdicts, pictures = results
    right = np.stack([named(one, pictures) for one in verdicts]).reshape(-1, 4, len(pictures["labels"]))
    target, source, target_clean, source_clean = right.swapaxes(0, 1)
    counts = target_clean & source_clean & ~source
    fools = (counts & ~target).sum(0)
    return np.where(counts.any(0), fools / counts.sum(0).clip(1), np.nan)


def fitted(strengths: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A and b, `(…,)`, of A (1 - exp(-b ε)), by least squares on `shares`, `(…,P)`: the best of 800 rates b, with the
    A in [0,1] that suits each best.

    TREND (Appendix, section V) says that its curves resemble the CDF of an exponential distribution.
    """
    shape = 1 - np.exp(-RATES[:, None] * strengths)  # (R,P)
    height = np.clip(shares @ shape.T / (shape**2).sum(1), 0, 1)  # (…,R)
    errors = ((height[..., None] * shape - shares[..., None, :]) ** 2).sum(-1)
    best = errors.argmin(-1)
    return np.take_along_axis(height, best[..., None], -1)[..., 0], RATES[best]


def fitted_transfer(*results: Arrays, strengths: Sequence[float], at: float) -> np.ndarray:
    """TM at strength `at`, predicted from those at a few strengths: Eq. 10, one fitted curve over the other.

    results: at each strength the target's and the source's verdict; then both on the clean pictures.
    """

    def predicted(means: np.ndarray) -> np.ndarray:
        fooled, moved = (_curve(strengths, some, [at])[..., 0] for some in np.split(means, 2, axis=-1))
        return _ratio(moved, fooled)

    return _spread(predicted, *_growth(results, len(strengths)))


def fit_error(*results: Arrays, strengths: Sequence[float], known: Sequence[int], what: str) -> np.ndarray:
    """The root of the mean square by which the fit through the `known` places among the strengths misses.

    what: "fit", the share that transfers, at the known ones alone; "test", the same at all; "metric", TM at all
    strengths at which the source was fooled at all. results: as for `fitted_transfer`, at all strengths.
    """

    def missed(means: np.ndarray) -> np.ndarray:
        fooled, moved = np.split(means, 2, axis=-1)
        chosen, known_at = list(known), [strengths[place] for place in known]
        curve = _curve(known_at, moved[..., chosen], strengths)
        gaps = curve - moved
        if what == "metric":
            gaps = _ratio(curve, _curve(known_at, fooled[..., chosen], strengths)) - _ratio(moved, fooled)
        gaps = gaps[..., chosen] if what == "fit" else gaps
        seen = ~np.isnan(gaps)
        return np.sqrt(_ratio(np.where(seen, gaps**2, 0).sum(-1), seen.sum(-1)))

    return _spread(missed, *_growth(results, len(strengths)))


def _curve(known_at: Sequence[float], shares: np.ndarray, at: Sequence[float]) -> np.ndarray:
    height, rate = fitted(np.array(known_at), shares)
    return height[..., None] * (1 - np.exp(-rate[..., None] * np.array(at)))


def _ratio(more: np.ndarray, less: np.ndarray) -> np.ndarray:
    return np.where(less > 0, more / np.where(less > 0, less, 1), np.nan)


def _growth(results: Sequence[Arrays], count: int) -> tuple[np.ndarray, np.ndarray]:
    """`(N,2 count)`: whether the source is fooled, and the target with it, at each strength; and `(N,)`, who counts."""
    *verdicts, pictures = results
    right = np.stack([named(one, pictures) for one in verdicts])
    target, source = right[0 : 2 * count : 2], right[1 : 2 * count : 2]
    counts: np.ndarray = np.logical_and.reduce(right[2 * count :])
    return np.concatenate([~source, ~source & ~target]).T.astype(float), counts


def _spread(statistic: Statistic, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """A statistic of means over pictures as samples, `(N,)`: their mean is the statistic, and their scatter gives the
    error of the jackknife (Efron 1979), so that intervals and paired tests are what they are for any measure.
    """
    samples, some = np.full(len(values), np.nan), values[counts]
    if len(some) > 1:
        without = statistic((some.sum(0) - some) / (len(some) - 1))
        whole = statistic(some.mean(0))
        samples[counts] = whole + (len(some) - 1) * (without.mean() - without)
    return samples


def designed(*results: Arrays, networks: int, juries: Sequence[Sequence[int]], pick: str) -> np.ndarray:
    """Whether the jury that a procedure picks still names the label, by TREND's vote.

    TREND (section V-B) takes those whose TM, averaged over both directions, is lowest; here the lowest mean over a
    jury's pairs. Half of the pictures choose for the other half, so that no choice is judged by what it was made on.

    Args:
        results: the networks' verdicts on the clean pictures; on what was made on each network in turn; each jury's
            members' verdicts on what was made on that jury; the pictures.
        juries: the candidates, as places among the networks.
        pick: "lowest", "highest" TM; "best", the jury that stands most often; "any", each as likely as the others.
    """
    *verdicts, pictures = results
    right = torch.stack([torch.from_numpy(named(one, pictures)) for one in verdicts[: networks * (1 + networks)]])
    clean, made = right[:networks], right[networks:].unflatten(0, (networks, networks))
    left, stands = iter(verdicts[networks * (1 + networks) :]), []
    for jury in juries:
        stands.append(ballot([next(left) for _ in jury], pictures, "majority"))
    standing = np.stack(stands)
    if pick == "any":
        return standing.mean(0)
    chosen, odd = np.empty(standing.shape[1]), np.arange(standing.shape[1]) % 2 == 1
    for judges, judged in ((odd, ~odd), (~odd, odd)):
        if not judges.any():  # a single picture: nothing to choose by
            chosen[judged] = np.nan
            continue
        seen = torch.from_numpy(judges)
        if pick == "best":
            place = int(standing[:, judges].mean(1).argmax())
        else:
            metric = _alike(clean[:, seen], made[:, :, seen], juries)
            place = int(np.nanargmin(metric if pick == "lowest" else -metric))
        chosen[judged] = standing[place, judged]
    return chosen


def _alike(clean: torch.Tensor, made: torch.Tensor, juries: Sequence[Sequence[int]]) -> np.ndarray:
    """`(J,)`: the mean TM of each jury's pairs, both ways; a pair of which nothing is known counts as wholly alike."""
    shares = []
    for source in range(len(clean)):
        counts, fools = counted(clean, ~made[source], source)
        shares.append(torch.where(counts > 0, fools / counts.clamp(min=1), 1.0))
    both = (torch.stack(shares) + torch.stack(shares).T) / 2
    return np.array([np.mean([float(both[pair]) for pair in combinations(jury, 2)]) for jury in juries])


MEASURES: tuple[Callable[..., np.ndarray], ...] = (transferred, fitted_transfer, fit_error, designed)
