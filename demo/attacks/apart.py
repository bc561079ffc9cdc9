"""Answers with a graph of each surrogate's own, so that their ways back can be taken side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from demo.attacks.abreast import meanwhile
from demo.attacks.backward import FromAnswers, pulled_back, pulls
from demo.attacks.surrogates import Answers, Surrogates
from demo.attacks.views import View


@dataclass(frozen=True)
class Apart:
    """What the chosen surrogates answered. leaf: the pictures; seen: a view of them; shown: a copy of it for each
    surrogate, where its graph begins."""

    leaf: Tensor
    seen: Tensor
    shown: list[Tensor]
    answers: Answers
    surrogates: Surrogates
    chosen: slice

    def back(self, wanted: FromAnswers, again: bool = False) -> tuple[list[Tensor], int]:
        """Gradients `(N,3,H,W)` of losses of the answers, and how many ways back through one surrogate they took.

        again: whether other losses follow.
        """
        slopes = pulls(self.answers, wanted)

        def own(index: int) -> dict[int, Tensor]:
            return _along(self.answers[index], self.shown[index], [slope[index] for slope in slopes], again)

        found = self.surrogates.each(self.chosen, own)
        totals = [self._through_view([one[place] for one in found if place in one]) for place in range(len(slopes))]
        return totals, sum(map(len, found))

    def begin(
        self, members: Sequence[int], wanted: FromAnswers, then: Callable[[Tensor], Tensor]
    ) -> dict[int, Callable[[], Tensor]]:
        """Begins, for members in this order, the ways back of a loss of their own answer alone, and gives what waits
        for what is then made of each gradient `(N,3,H,W)`."""

        def own(index: int) -> Tensor:
            slopes = [slope for (slope,) in pulls([self.answers[index]], wanted)]
            found = _along(self.answers[index], self.shown[index], slopes, again=False)
            return then(self._through_view(list(found.values())))

        return dict(zip(members, meanwhile([partial(own, index) for index in members]), strict=True))

    def _through_view(self, parts: list[Tensor]) -> Tensor:
        if not parts:
            return torch.zeros_like(self.leaf)
        total = torch.stack(parts).sum(0) if len(parts) > 1 else parts[0]
        if self.seen is self.leaf:
            return total
        return pulled_back(self.seen, total, self.leaf, again=True)


def _along(answer: Tensor, shown: Tensor, slopes: list[Tensor | None], again: bool) -> dict[int, Tensor]:
    """By a loss's place the gradient of what it wants of this answer, for those that want anything."""
    wanted = {place: slope for place, slope in enumerate(slopes) if slope is not None}
    return {place: pulled_back(answer, slope, shown, again or place != max(wanted)) for place, slope in wanted.items()}


def asked(surrogates: Surrogates, pictures: Tensor, view: View, chosen: slice) -> Apart:
    """The chosen surrogates' answers to a view of the pictures."""
    leaf = pictures.detach().requires_grad_()
    with torch.enable_grad():
        seen = view(leaf)
        shown, answers = surrogates.ask_apart(seen, chosen)
    return Apart(leaf, seen, shown, answers, surrogates, chosen)
