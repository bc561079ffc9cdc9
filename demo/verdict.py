"""The verdict: what each juror says of a picture, before and after, and how that is counted honestly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models import Classifier

DRAWS = 20
GROUPS = {
    "surrogate": "Surrogates: the attacker saw inside",
    "held-out": "Held-out: the attacker never met them",
    "defended": "Defended: trained or guarded against attacks",
}


@dataclass(frozen=True)
class Juror:
    """One voice of the jury. name: unique; network: whose colour it has; random: whether it answers by lot."""

    name: str
    title: str
    group: str
    network: str
    color: str
    random: bool = False


@dataclass(frozen=True)
class Opinion:
    """What one juror says of one picture.

    answer: its top-1 class. top: the five likeliest classes with their probabilities. belief: the probability
    of the label under attack. votes: how many of `draws` looks gave the label (one look, unless random).
    """

    answer: str
    top: tuple[tuple[str, float], ...]
    belief: float
    votes: int
    draws: int


@dataclass(frozen=True)
class Finding:
    """One juror before and after. status: `fooled`, `holds`, or `wrong` (it was wrong before, so it does not count).

    share, low, high: of the looks that were fooled, with a 95 % interval (Wilson), for jurors that answer by lot.
    """

    juror: Juror
    before: Opinion
    after: Opinion
    status: str
    share: float
    low: float
    high: float


def opinion(classifier: Classifier, picture: Tensor, label: int, random: bool, seed: int = 0) -> Opinion:
    """What a classifier says of one picture `(1,3,H,W)`; one that answers by lot is asked DRAWS times."""
    draws = DRAWS if random else 1
    # The lot is drawn anew for each verdict and the same for a repeated one.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        logits = classifier(picture.expand(draws, -1, -1, -1)).double()
    votes = logits.argmax(-1)
    mean = logits.softmax(-1).mean(0)
    chances, classes = mean.topk(min(5, len(mean)))
    answer = int(torch.mode(votes).values)
    return Opinion(
        answer=classifier.labels[answer],
        top=tuple((classifier.labels[int(c)], float(p)) for c, p in zip(classes, chances, strict=True)),
        belief=float(mean[label]),
        votes=int((votes == label).sum()),
        draws=draws,
    )


def finding(juror: Juror, before: Opinion, after: Opinion, label: str, targeted: bool) -> Finding:
    """Whether the attack changed this juror's mind. label: the class attacked, or the wanted one."""
    fooled_looks = after.votes if targeted else after.draws - after.votes
    low, high = wilson(fooled_looks, after.draws)
    started_wrong = before.answer == label if targeted else before.answer != label
    fooled = after.answer == label if targeted else after.answer != label
    status = "wrong" if started_wrong else "fooled" if fooled else "holds"
    return Finding(juror, before, after, status, fooled_looks / after.draws, low, high)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    z = 1.959963984540054
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def sentence(findings: Sequence[Finding], targeted: bool = False) -> str:
    """The verdict in one sentence: fooled jurors of each group, among those that were right before."""
    said = [_count(group, [f for f in findings if f.juror.group == group], targeted) for group in GROUPS]
    return " · ".join(part for part in said if part)


def _count(group: str, findings: Sequence[Finding], targeted: bool) -> str:
    counted = [f for f in findings if f.status != "wrong"]
    if not findings:
        return ""
    noun = f"{group}s" if group == "surrogate" and len(counted) != 1 else group
    if not counted:
        already = "said so" if targeted else "were wrong"
        return f"{noun}: all {already} already"
    fooled = sum(f.status == "fooled" for f in counted)
    if fooled == len(counted) > 1 and group == "surrogate":
        return f"All {fooled} {noun} fooled"
    return f"{fooled} of {len(counted)} {noun} fooled"
