"""The judgement of a defended classifier: for random defences the outcome of many looks, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier
from models.defences.binomial import fair_coin, wilson
from models.defences.knobs import Number

DRAWS = Number(
    name="draws",
    default=20,
    low=1,
    high=10_000,
    title="Looks",
    help="How often one that answers at random is asked.",
    whole=True,
)
WIDEST = 64
"""How many pictures are shown at once when looks are taken side by side."""


@dataclass(frozen=True)
class Judgement:
    """What N pictures were taken for, over C classes.

    probabilities: `(N,C)` mean softmax over the looks. top: `(N,)` the class that came first most often.
    shares: `(N,C)` the share of looks in which each class came first; low, high: `(N,C)` its 95 % Wilson interval
    (equal to the share where nothing is random). abstains: `(N,)` whether the vote is too close to call.
    draws: how many looks were taken.
    """

    probabilities: Tensor
    top: Tensor
    shares: Tensor
    low: Tensor
    high: Tensor
    abstains: Tensor
    draws: int


@torch.no_grad()
def judge(
    classifier: Classifier, pixels: Tensor, draws: int = 20, generator: torch.Generator | None = None
) -> Judgement:
    """What the classifier takes the pictures for: judged by `draws` looks if it is random, else by one.

    A classifier that may abstain (`alpha`: smoothing, SWEEN, SEM) does so where the two-sided binomial test
    between its two leading classes gives a p-value above alpha (Cohen et al. 2019, PREDICT; SEM's alpha is 0.3).
    An abstention is neither right nor fooled throughout this project; SEM's Eq. 6 counts it as the attacker's success:
    `abstains | (top != label)`.

    Args:
        classifier: any `Classifier`, defended or bare; in eval mode while it judges, whatever mode it is in.
        pixels: `(N,3,H,W)` in [0,1], N at least 1.
        draws: how often one that answers at random is asked, from 1 to 10,000.
        generator: what the looks draw from; equal seeds give equal judgements. None is torch's own.

    Returns:
        A `Judgement`: for each picture the class, every class's share of the looks with its interval, and whether
        the classifier abstains.

    Raises:
        ValueError: for a number of draws out of range, for what is no batch of pictures, and for a classifier whose
            answers are not finite.
    """
    asked = int(DRAWS.check(draws))
    if not isinstance(pixels, Tensor) or pixels.ndim != 4:
        given = tuple(pixels.shape) if isinstance(pixels, Tensor) else type(pixels).__name__
        raise ValueError(f"pixels must be a tensor (N,3,H,W), not {given}: put a single picture into a batch.")
    if not len(pixels):
        raise ValueError("There is no picture to judge: pixels must be (N,3,H,W) with N at least 1.")
    looks = asked if classifier.random else 1
    training = [part for part in classifier.modules() if part.training]
    try:
        for part in training:
            part.training = False
        probabilities, votes = _tally(classifier, pixels, looks, generator)
    finally:
        for part in training:
            part.training = True
    if not bool(probabilities.isfinite().all()):
        raise ValueError("The classifier's answers are not finite: look for damaged weights in it.")
    shares = votes / looks
    low, high = wilson(shares, looks) if classifier.random else (shares, shares)
    abstains = torch.zeros(len(pixels), dtype=torch.bool, device=pixels.device)
    if classifier.random and classifier.alpha is not None:
        leading = votes.topk(2, dim=1).values.int().tolist()
        abstains = torch.tensor([fair_coin(*pair) > classifier.alpha for pair in leading], device=pixels.device)
    return Judgement(probabilities / looks, shares.argmax(1), shares, low, high, abstains, looks)


def attacker_wins(found: Judgement, labels: Tensor, *, targeted: bool = False, alpha: float | None = None) -> Tensor:
    """SEM's success (Qin et al. 2021, Eq. 6), `(N,)` bool: a vote that is too close to call counts for the attacker.

    Untargeted: the label is not named, or the judge abstains. Targeted: the class named is the target, or the test
    cannot tell the target's votes from the leader's. Eq. 6 as printed compares a share of votes with alpha, which the
    leader's nearly always exceeds; the text beside it wants the p-value of a binomial test, and that is what is done.

    Args:
        found: what `judge` gave.
        labels: `(N,)`, the true class, or with `targeted` the wanted one.
        alpha: of the classifier judged; None where it never abstains.
    """
    named = found.top == labels.to(found.top.device)
    if not targeted:
        return ~named | found.abstains
    if alpha is None:
        return named
    votes = (found.shares * found.draws).round().int()
    wanted = votes.gather(1, labels.to(votes.device).unsqueeze(1)).squeeze(1).tolist()
    close = [fair_coin(*pair) > alpha for pair in zip(wanted, votes.amax(1).tolist(), strict=True)]
    return named | torch.tensor(close, dtype=torch.bool, device=named.device)


def _tally(
    classifier: Classifier, pixels: Tensor, looks: int, generator: torch.Generator | None
) -> tuple[Tensor, Tensor]:
    """Summed softmax and counted first places, both `(N,C)`."""
    # Where every picture has its own draw, copies of it side by side are looks too, and cheaper than one by one.
    width = 1 if classifier.by_query else max(1, min(looks, WIDEST // len(pixels)))
    classes = len(classifier.labels)
    probabilities = pixels.new_zeros(len(pixels), classes)
    votes = pixels.new_zeros(len(pixels), classes)
    for copies in [width] * (looks // width) + [looks % width] * (looks % width > 0):
        logits = classifier.look(pixels.repeat(copies, 1, 1, 1), generator).unflatten(0, (copies, len(pixels)))
        probabilities += logits.softmax(2).sum(0)
        votes += F.one_hot(logits.argmax(2), classes).sum(0)
    return probabilities, votes
