"""Three ways to form one classifier from several (MORA, Yu et al. 2022, section 2): softmax, voting, logits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier, Ensemble
from models.defences.defence import Defence
from models.defences.guard import log_shares

PAPER, LINK = "Yu et al. 2022", "https://arxiv.org/abs/2211.08008"
Former = Callable[[Tensor, torch.Generator | None], Tensor]


class Collective(Classifier):
    """Several classifiers that answer as one: `form` makes logits `(N,C)` from the members' `(M,N,C)`."""

    def __init__(self, members: Sequence[Classifier], form: Former) -> None:
        ensemble = Ensemble(members)
        first = ensemble.members[0]
        super().__init__(ensemble, ensemble.labels, size=first.size)
        self.mean, self.std = first.mean, first.std
        self.form = form

    @property
    def members(self) -> tuple[Classifier, ...]:
        return cast(Ensemble, self.network).members

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return self.form(cast(Ensemble, self.network).look(pixels, generator), generator)


def mean_probability(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """The logarithm of the members' mean softmax."""
    return logits.log_softmax(2).logsumexp(0) - math.log(len(logits))


def mean_logits(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """The members' mean logits."""
    return logits.mean(0)


def vote(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """The logarithm of each class's share of the members' votes (floored at a millionth).

    The most votes win (MORA's voting, its section 2.3). Where classes tie for the lead, which MORA leaves open, one of
    them is drawn and gets half a vote more. The gradient is that of the mean softmax. MORA softens the vote at
    temperature 0.1 (its Eq. 5); at that temperature a confident member's gradient is 0 in float32, so it is 1 here.
    """
    votes = _votes(logits)
    leading = votes == votes.amax(1, keepdim=True)
    chosen = _lots(votes.shape, logits, generator).masked_fill(~leading, -1).argmax(1)
    nudge = F.one_hot(chosen, votes.shape[1]) * (leading.sum(1, keepdim=True) > 1) / 2
    return _shares(votes + nudge, logits)


def majority(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """As `vote`, but TREND's rule (section V-B): "In case of conflict (i.e. no majority vote), one of the models is
    chosen at random and its output is considered as the ensemble's prediction".

    A majority is more than half. Without one the drawn member's class gets as many votes more as there are members, so
    that it leads; AABBC then gives A, B, C in 40, 40, 20 % of looks, where `vote` never gives C.
    """
    votes = _votes(logits)
    drawn = _lots(logits.shape[:2], logits, generator).argmax(0)  # (N,) a member each
    said = logits.argmax(2)[drawn, torch.arange(len(drawn), device=drawn.device)]
    conflict = votes.amax(1, keepdim=True) * 2 <= len(logits)
    return _shares(votes + F.one_hot(said, votes.shape[1]) * conflict * len(logits), logits)


def _votes(logits: Tensor) -> Tensor:
    """How many members have each class for their first choice: `(N,C)`."""
    return F.one_hot(logits.argmax(2), logits.shape[2]).sum(0).to(logits.dtype)


def _lots(shape: torch.Size, like: Tensor, generator: torch.Generator | None) -> Tensor:
    device = like.device if generator is None else generator.device
    return torch.rand(shape, generator=generator, device=device).to(like.device)


def _shares(votes: Tensor, logits: Tensor) -> Tensor:
    return log_shares(votes / votes.sum(1, keepdim=True), logits.softmax(2).mean(0))


SOFTMAX = Defence(
    name="softmax",
    title="Jury by probability",
    sentence="Several networks answer as one: the mean of their probabilities decides.",
    paper=PAPER,
    link=LINK,
    build=lambda members: Collective(members, mean_probability),
    several=True,
)
VOTE = Defence(
    name="vote",
    title="Jury by vote",
    sentence="Several networks answer as one: each casts a vote for its first choice, and lots decide a tie.",
    paper=PAPER,
    link=LINK,
    build=lambda members: Collective(members, vote),
    gradient="straight-through",
    random=True,
    several=True,
)
MAJORITY = Defence(
    name="majority",
    title="Jury by majority",
    sentence="Several networks answer as one: what more than half of them say, or else what one of them says, by lot.",
    paper="Ravikumar et al. 2022",
    link="https://arxiv.org/abs/2008.01524",
    build=lambda members: Collective(members, majority),
    gradient="straight-through",
    random=True,
    several=True,
)
LOGITS = Defence(
    name="logits",
    title="Jury by logits",
    sentence="Several networks answer as one: the mean of their raw scores decides, so that a sure voice "
    "counts for more.",
    paper=PAPER,
    link=LINK,
    build=lambda members: Collective(members, mean_logits),
    several=True,
)
