"""THE table of measures: from the results of a cell's jobs to a number a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from demo.lab import juries, transfer
from demo.lab.estimates import Samples, known_mean
from demo.lab.job import Arrays
from models.packs import PACKS


def fooled(*results: Arrays) -> Samples:
    """1 where the class named is not the label; of several verdicts the mean.

    An abstention names none: the attacker has not made it err.
    """
    *verdicts, pictures = results
    return np.mean([(one["top"] != pictures["labels"]) & ~one["abstains"] for one in verdicts], 0, dtype=float)


def fooled_or_silent(verdict: Arrays, pictures: Arrays) -> Samples:
    """SEM's success (Qin et al. 2021, Eq. 6): the label is not named, abstentions included."""
    return ((verdict["top"] != pictures["labels"]) | verdict["abstains"]).astype(float)


def reached(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the class named is the target."""
    return ((verdict["top"] == pictures["targets"]) & ~verdict["abstains"]).astype(float)


def right(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the label is named: robust accuracy, where the pictures are adversarial."""
    return 1.0 - fooled_or_silent(verdict, pictures)


def newly_fooled(*results: Arrays) -> Samples:
    """Fooled, among the pictures that this very classifier named rightly before.

    results: verdicts, then the same classifiers' on the clean pictures; of several the mean over those that did.
    """
    *both, pictures = results
    after, before = both[: len(both) // 2], both[len(both) // 2 :]
    each = zip(after, before, strict=True)
    return known_mean(
        [np.where(right(clean, pictures) == 1, fooled(verdict, pictures), np.nan) for verdict, clean in each]
    )


def attack_score(*results: Arrays, limit: float) -> Samples:
    """EnsembleFool's score (Peng et al. 2021, Eq. 9 to 11), 0 to 100, over one classifier or the mean of several.

    results: verdicts, then as many jobs' pictures that were shown. A picture that fools counts (limit - D) / limit,
    D being its distance from the original; one that does not counts 0. D is the mean over pixels of the colour
    difference's length, in levels of 255: the paper's words, "average l2 distance", allow others, but from its Tables
    3, 4 and 5 alike D is 19.1 at epsilon 16, where lengths over three colours reach 27.7 and all others 16.
    """
    *both, pictures = results
    verdicts, shown = both[: len(both) // 2], both[len(both) // 2 :]
    originals = pictures["pictures"].astype(float)
    scores = [
        fooled(verdict, pictures)
        * (limit - np.sqrt(((job["pictures"] - originals) ** 2).sum(1)).mean((1, 2)))
        * (100 / limit)
        for verdict, job in zip(verdicts, shown, strict=True)
    ]
    return np.mean(scores, 0)


def loss(*results: Arrays) -> Samples:
    """Cross-entropy in nats; of several verdicts the mean. A probability below e-30 counts as that."""
    *verdicts, _ = results
    return np.mean([-np.log(np.maximum(one["confidence"].astype(float), np.exp(-30.0))) for one in verdicts], 0)


def in_five(verdict: Arrays, pictures: Arrays) -> Samples:
    """1 where the label is among the five likeliest classes."""
    return (verdict["best"] == pictures["labels"][:, None]).any(1).astype(float)


def chance(verdict: Arrays, pictures: Arrays, *, place: int, picture: int = 0) -> Samples:
    """How likely one picture's likeliest class is (place 0), its second (1), to its fifth (4); no other counts."""
    found = np.full(len(pictures["labels"]), np.nan)
    found[picture] = verdict["chances"][picture, place]
    return found


def likeliest(verdict: Arrays, pictures: Arrays, *, place: int, picture: int = 0, pack: str) -> str:
    """The name of the class that `chance` is of, marked where it is the label."""
    found = int(verdict["best"][picture, place])
    name = list(PACKS[pack].vocabulary().values())[found]
    return f"{name} (label)" if found == pictures["labels"][picture] else name


def member_fooled(crafted: Arrays, pictures: Arrays, *, member: int, step: int = -1) -> Samples:
    """Whether one surrogate is fooled at an iteration, by its own logits."""
    return (crafted["logits"][step, member].argmax(-1) != pictures["labels"]).astype(float)


def members_fooled(crafted: Arrays, pictures: Arrays, *, step: int = -1) -> Samples:
    """How many of the surrogates are fooled at an iteration."""
    return (crafted["logits"][step].argmax(-1) != pictures["labels"]).sum(0).astype(float)


def jury_stands(crafted: Arrays, pictures: Arrays, *, mode: str, step: int) -> Samples:
    """Whether the surrogates as one have named the label at every iteration until this one (MORA, Fig. 4)."""
    return np.min([jury_right(crafted, pictures, mode=mode, step=one) for one in range(step + 1)], axis=0)


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
        newly_fooled,
        attack_score,
        loss,
        in_five,
        chance,
        member_fooled,
        members_fooled,
        jury_right,
        jury_stands,
        spent,
        within,
    )
}
MEASURES |= {one.__name__: one for one in (*juries.MEASURES, *transfer.MEASURES)}
WORDS: dict[str, Callable[..., str]] = {"likeliest": likeliest}


def sampled(measure: str, results: Sequence[Arrays], pictures: Arrays, options: dict[str, Any]) -> Samples:
    """A cell's numbers; KeyError for an unknown measure."""
    return MEASURES[measure](*results, pictures, **options)
