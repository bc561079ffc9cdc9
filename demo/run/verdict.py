"""The verdict: what each juror says of a picture, before and after, and how that is counted honestly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models import Classifier
from models.defences import Judgement, judge

ABSTAINS = "abstains"
"""What a juror says whose own vote is too close to call."""
UNCOUNTED = ("wrong", "undecided")
"""What a juror is called that gave the attacker's answer, or none, before the attack."""

GROUPS = {
    "surrogate": "The attacker looks inside",
    "held-out": "Only watching",
    "defended": "Watching, defended",
}


@dataclass(frozen=True)
class Juror:
    """One voice of the jury. name: unique; network: whose colour it has; random: whether every look may answer anew."""

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
    of the label under attack. votes: how many of `draws` looks gave the label (one look, unless random); low, high:
    the 95 % interval (Wilson) of that share.
    """

    answer: str
    top: tuple[tuple[str, float], ...]
    belief: float
    votes: int
    draws: int
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """One juror before and after.

    status: `fooled`, `holds`, `abstains` (its own vote is too close to call: neither right nor
    fooled here, and what SEM's Eq. 6 counts as fooled, see `why.abstained`), or `wrong` (it was wrong
    before, so it does not count).

    share, low, high: of the looks that were fooled, with a 95 % interval (Wilson), for random jurors.
    """

    juror: Juror
    before: Opinion
    after: Opinion
    status: str
    share: float
    low: float
    high: float


def opinion(classifier: Classifier, picture: Tensor, label: int, draws: int, seed: int) -> Opinion:
    """What a classifier says of one picture `(1,3,H,W)`; a random one is asked `draws` times."""
    return told(judged(classifier, picture, draws, seed), classifier.labels, label)


def judged(classifier: Classifier, picture: Tensor, draws: int, seed: int) -> Judgement:
    return judge(classifier, picture, draws, torch.Generator(picture.device).manual_seed(seed))


def told(judged: Judgement, labels: Sequence[str], label: int) -> Opinion:
    """One picture's judgement in words."""
    chances, classes = judged.probabilities[0].topk(min(5, len(labels)))
    return Opinion(
        answer=ABSTAINS if bool(judged.abstains) else labels[int(judged.top)],
        top=tuple((labels[int(c)], float(p)) for c, p in zip(classes, chances, strict=True)),
        belief=float(judged.probabilities[0, label]),
        votes=round(float(judged.shares[0, label]) * judged.draws),
        draws=judged.draws,
        low=float(judged.low[0, label]),
        high=float(judged.high[0, label]),
    )


def finding(juror: Juror, before: Opinion, after: Opinion, label: str, targeted: bool) -> Finding:
    """Whether the attack changed this juror's mind. label: the class attacked, or the wanted one."""
    share, low, high = after.votes / after.draws, after.low, after.high
    if not targeted:  # fooled is then every look that did not give the label
        share, low, high = 1 - share, 1 - high, 1 - low
    return Finding(juror, before, after, status(before.answer, after.answer, label, targeted), share, low, high)


def status(before: str, after: str, label: str, targeted: bool) -> str:
    """One of those in `UNCOUNTED`, or "fooled", "holds", "abstains"."""
    if before == ABSTAINS and not targeted:
        return "undecided"
    if (before == label) == targeted:
        return "wrong"
    if after == ABSTAINS:
        return "abstains"
    return "fooled" if (after == label) == targeted else "holds"


def sentence(findings: Sequence[Finding], targeted: bool = False) -> str:
    """The verdict in one sentence: fooled jurors of each group, among those that were right before."""
    said = [_count(group, [f for f in findings if f.juror.group == group], targeted) for group in GROUPS]
    return " · ".join(part for part in said if part)


def uncounted(findings: Sequence[Finding], targeted: bool = False) -> str:
    """Who does not count, and why: those that gave the attacker's answer, or none, before the attack; or nothing."""
    reasons = {"wrong": "said so" if targeted else "were wrong", "undecided": "abstained"}
    said = []
    for status in UNCOUNTED:
        titles = [finding.juror.title for finding in findings if finding.status == status]
        if titles:
            said.append(f"Not counted, because they {reasons[status]} before the attack: {', '.join(titles)}.")
    return " ".join(said)


def _count(group: str, findings: Sequence[Finding], targeted: bool) -> str:
    counted = [f for f in findings if f.status not in UNCOUNTED]
    if not findings:
        return ""
    noun = f"{group}s" if group == "surrogate" and len(counted) != 1 else group
    if not counted:
        wrong = all(f.status == "wrong" for f in findings)
        return f"{noun}: " + (
            "all said so already" if targeted else "all were wrong already" if wrong else "none was right"
        )
    fooled = sum(f.status == "fooled" for f in counted)
    if fooled == len(counted) > 1 and group == "surrogate":
        return f"All {fooled} {noun} fooled"
    return f"{fooled} of {len(counted)} {noun} fooled"
