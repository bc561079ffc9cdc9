"""THE table of measures: from the results of a cell's jobs to a number a picture, and from those to an estimate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import torch

from demo.lab.job import Arrays
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


def fooled(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the class named is not the label. An abstention names none: the attacker has not made it err."""
    return ((verdict["top"] != pictures["labels"]) & ~verdict["abstains"]).astype(float)


def fooled_or_silent(verdict: Arrays, pictures: Arrays) -> Samples:
    """SEM's success (Qin et al. 2021, Eq. 6): the label is not named, abstentions included."""
    return ((verdict["top"] != pictures["labels"]) | verdict["abstains"]).astype(float)


def reached(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the class named is the target."""
    return ((verdict["top"] == pictures["targets"]) & ~verdict["abstains"]).astype(float)


def right(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the label is named: robust accuracy, where the pictures are adversarial."""
    return 1.0 - fooled_or_silent(verdict, pictures)


def mean_fooled(*found: Arrays) -> Samples:
    """The share of several classifiers that do not name the label. found: their verdicts, and the pictures last."""
    *verdicts, pictures = found
    return np.stack([fooled(verdict, pictures) for verdict in verdicts]).mean(0)


def gained(verdict: Arrays, without: Arrays, pictures: Arrays) -> Samples:
    """1 where one classifier names the label and the other does not, -1 the other way round."""
    return right(verdict, pictures) - right(without, pictures)


def newly_fooled(verdict: Arrays, clean: Arrays, pictures: Arrays) -> Samples:
    """Fooled, among the pictures that this very classifier named rightly before."""
    return np.where(right(clean, pictures) == 1, fooled(verdict, pictures), np.nan)


def member_fooled(crafted: Arrays, pictures: Arrays, *, member: int, step: int = -1) -> Samples:
    """Whether one surrogate is fooled at an iteration, by its own logits."""
    return (crafted["logits"][step, member].argmax(-1) != pictures["labels"]).astype(float)


def members_fooled(crafted: Arrays, pictures: Arrays, *, step: int = -1) -> Samples:
    """How many of the surrogates are fooled at an iteration."""
    return (crafted["logits"][step].argmax(-1) != pictures["labels"]).sum(0).astype(float)


def jury_right(crafted: Arrays, pictures: Arrays, *, mode: str, step: int = -1) -> Samples:
    """Whether the surrogates as one still name the label at an iteration. mode: softmax, voting or logits (MORA).

    A vote that ties for the lead counts for the label with its share of the leaders, as lots would have it.
    """
    logits = torch.from_numpy(crafted["logits"][step])
    labels = torch.from_numpy(pictures["labels"])
    if mode == "voting":
        votes = torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).sum(0)
        leading = votes == votes.amax(1, keepdim=True)
        return (leading[torch.arange(len(labels)), labels].double() / leading.sum(1)).numpy()
    answer = logits.softmax(-1).mean(0) if mode == "softmax" else logits.mean(0)
    return (answer.argmax(1) == labels).double().numpy()


def spent(crafted: Arrays, pictures: Arrays, *, what: str = "gradients") -> Samples:
    """Backward (`gradients`) or forward (`passes`) passes through one surrogate, for each picture."""
    return np.full(len(pictures["labels"]), float(crafted[what][-1]))


def within(found: Arrays, pictures: Arrays, *, epsilon: float) -> Samples:
    """1 where the least epsilon that fools, in levels of 255, is no more than this, the rounding of floats aside."""
    return (found["epsilon"] <= epsilon * (1 + 1e-5)).astype(float)


MEASURES: dict[str, Callable[..., Samples]] = {
    one.__name__: one
    for one in (
        fooled,
        fooled_or_silent,
        reached,
        right,
        mean_fooled,
        gained,
        newly_fooled,
        member_fooled,
        members_fooled,
        jury_right,
        spent,
        within,
    )
}


def estimate(samples: Samples) -> Estimate:
    """Shares, whose samples are 0 and 1, by Wilson's interval; means by the normal one."""
    known = samples[~np.isnan(samples)]
    if not len(known):
        return Estimate(math.nan, math.nan, math.nan, 0)
    value = float(known.mean())
    if set(np.unique(known)) <= {0.0, 1.0}:
        low, high = (float(end) for end in wilson(torch.tensor(value, dtype=torch.float64), len(known), SURE))
        return Estimate(value, low, high, len(known))
    reach = _half(known)
    return Estimate(value, value - reach, value + reach, len(known))


def paired(more: Sequence[Samples], less: Sequence[Samples]) -> tuple[Estimate, float]:
    """The mean over pictures of `more - less`, each averaged over its columns, with its interval and p-value.

    p: of McNemar's exact test where there is one column of 0 and 1, else of the paired normal test. Pictures of which
    either is unknown in all columns do not count.
    """
    first, second = (np.nanmean(np.stack(side), 0) for side in (more, less))
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


def _half(values: np.ndarray) -> float:
    """Half of the 95 % interval of a mean."""
    if len(values) < 2:
        return math.inf
    return NormalDist().inv_cdf((1 + SURE) / 2) * float(values.std(ddof=1)) / math.sqrt(len(values))


def sampled(measure: str, results: Sequence[Arrays], pictures: Arrays, options: dict[str, Any]) -> Samples:
    """A cell's numbers; KeyError for an unknown measure."""
    return MEASURES[measure](*results, pictures, **options)
