"""The ways back: gradients with respect to the pictures, through the graphs of the surrogates' answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from demo.attacks.apart import asked
from demo.attacks.backward import FromAnswers, gradient, one_by_one
from demo.attacks.surrogates import EVERYONE, Answers, Surrogates
from demo.attacks.views import Transform, View, as_it_is, draw, is_plain, smoothed

Further = Callable[[Callable[[Answers], Tensor]], Tensor]
"""From losses of all answers to one more gradient, out of answers that are there already."""


class Graphs:
    """Gradients, averaged over the transforms' views, filtered, and uphill for the attacker: the caller of autograd.

    spent: backward passes through one surrogate so far. plain: whether the surrogates are shown the pictures just as
    they are. keeps: whether `kept` may hold one graph of every surrogate at once. apart: whether graphs are held one
    at a time wherever a gradient goes through all surrogates.
    """

    def __init__(
        self, surrogates: Surrogates, transforms: Sequence[Transform], uphill: float, apart: bool = False
    ) -> None:
        self.spent = 0
        self.plain = is_plain(transforms)
        self.keeps = not apart
        self.apart = apart
        self._surrogates = surrogates
        self._uphill = uphill
        self._transforms = tuple(transforms)
        self._views: tuple[View, ...] = (as_it_is,)

    def renew(self, like: Tensor, generator: torch.Generator) -> None:
        """Draws an iteration's views."""
        self._views = draw(self._transforms, like, generator)

    def back(self, pictures: Tensor, chosen: slice, wanted: FromAnswers) -> tuple[list[Tensor], Tensor | None]:
        """Gradients `(N,3,H,W)` of losses of the chosen surrogates' answers, and, if `plain`, those as `(M,N,C)`."""
        totals: list[Tensor] = []
        answers: Answers = []
        for view in self._views:
            answers, gradients = self._of_view(pictures, view, chosen, wanted)
            totals = [total + one for total, one in zip(totals, gradients, strict=True)] if totals else gradients
        return [self._way(total) for total in totals], self._logits(answers)

    def kept(
        self, pictures: Tensor, own: Callable[[Tensor], Tensor]
    ) -> tuple[list[Tensor], Tensor | None, Further] | None:
        """Every surrogate's gradient of its own loss, from its logits `(N,C)` to `(N,)`; the logits; and `Further`.

        The graphs of all stay until that has been called, once. None where that is not to be had: where `keeps` is
        off, where several views would be as many times more to keep, and where a compiled network's answer turns out
        to serve one way back only.
        """
        if not self.keeps or len(self._views) > 1:
            return None
        try:
            if self.side_by_side(pictures):
                return self._kept_apart(pictures, own)
            leaf, answers = self._shown(pictures, self._views[0], EVERYONE)
            with torch.enable_grad():
                gradients = [gradient(own(answer), leaf, again=True) for answer in answers]
        except RuntimeError as error:
            self._serves_once(error)
            self.keeps = False
            return None
        self._surrogates.settle()
        self.spent += len(answers)

        def further(loss: Callable[[Answers], Tensor]) -> Tensor:
            with torch.enable_grad():
                found = gradient(loss(answers), leaf)
            self.spent += len(answers)
            return self._way(found)

        return [self._way(one) for one in gradients], self._logits(answers), further

    def begun(
        self, pictures: Tensor, fused: FromAnswers, own: FromAnswers, members: Sequence[int]
    ) -> tuple[Tensor, Mapping[int, Callable[[], Tensor]], Tensor | None] | None:
        """The gradient of one loss of all answers; what waits for those of members' own, worked out meanwhile in this
        order; and the logits. None where that is not to be had, or nobody is idle: a network by itself has all threads.
        """
        if len(self._views) > 1 or not (self.side_by_side(pictures) and self.side_by_side(pictures, slice(1))):
            return None
        try:
            found = asked(self._surrogates, pictures, self._views[0], EVERYONE)
            (gradient,), spent = found.back(fused, again=True)
        except RuntimeError as error:
            self._serves_once(error)
            return None
        self._ended(spent + len(members))
        return self._way(gradient), found.begin(members, own, self._way), self._logits(found.answers)

    def side_by_side(self, pictures: Tensor, chosen: slice = EVERYONE) -> bool:
        """Whether their graphs are gone back through at the same time."""
        return not self.apart and self._surrogates.side_by_side(pictures, chosen)

    def _kept_apart(
        self, pictures: Tensor, own: Callable[[Tensor], Tensor]
    ) -> tuple[list[Tensor], Tensor | None, Further]:
        found = asked(self._surrogates, pictures, self._views[0], EVERYONE)
        gradients, spent = found.back(lambda answers: [(own(answer), 1) for answer in answers], again=True)
        self._ended(spent)

        def further(loss: Callable[[Answers], Tensor]) -> Tensor:
            (one,), spent = found.back(lambda answers: [(loss(answers), len(answers))])
            self.spent += spent
            return self._way(one)

        return [self._way(one) for one in gradients], self._logits(found.answers), further

    def _beside(self, pictures: Tensor, view: View, chosen: slice, wanted: FromAnswers) -> tuple[Answers, list[Tensor]]:
        """The same as `_one_view`, side by side."""
        found = asked(self._surrogates, pictures, view, chosen)
        gradients, spent = found.back(wanted)
        self._ended(spent)
        return found.answers, gradients

    def _shown(self, pictures: Tensor, view: View, chosen: slice) -> tuple[Tensor, Answers]:
        leaf = pictures.detach().requires_grad_()
        with torch.enable_grad():
            return leaf, self._surrogates.ask(view(leaf), chosen)

    def _of_view(
        self, pictures: Tensor, view: View, chosen: slice, wanted: FromAnswers
    ) -> tuple[Answers, list[Tensor]]:
        if chosen == EVERYONE and self.apart:
            return self._one_by_one(pictures, view, wanted)
        if self.side_by_side(pictures, chosen):
            if len(range(len(self._surrogates))[chosen]) == 1:  # one work, there and back
                return self._surrogates.each(chosen, lambda _: self._one_view(pictures, view, chosen, wanted))[0]
            try:
                return self._beside(pictures, view, chosen, wanted)
            except RuntimeError as error:
                self._serves_once(error)
                self._surrogates.in_turn()
        return self._one_view(pictures, view, chosen, wanted)

    def _one_view(
        self, pictures: Tensor, view: View, chosen: slice, wanted: FromAnswers
    ) -> tuple[Answers, list[Tensor]]:
        leaf, answers = self._shown(pictures, view, chosen)
        with torch.enable_grad():
            losses = wanted(answers)
            try:
                gradients = [gradient(loss, leaf, again=loss is not losses[-1][0]) for loss, _ in losses]
            except RuntimeError as error:
                self._serves_once(error)
                gradients = []
                for place in range(len(losses)):
                    answers = self._surrogates.ask(view(leaf), chosen)
                    gradients.append(gradient(wanted(answers)[place][0], leaf))
        spent = sum(members for loss, members in losses if loss.requires_grad)
        self._ended(spent)
        return answers, gradients

    def _one_by_one(self, pictures: Tensor, view: View, wanted: FromAnswers) -> tuple[Answers, list[Tensor]]:
        """The same of all surrogates, with one's graph at a time."""
        with torch.no_grad():
            said = self._surrogates.ask(view(pictures))
        found = one_by_one(said, wanted, lambda k, own: self._one_view(pictures, view, slice(k, k + 1), own))
        if found is None:
            self.apart = False
            return self._one_view(pictures, view, EVERYONE, wanted)
        return said, [torch.zeros_like(pictures) if one is None else one for one in found]

    def _ended(self, spent: int) -> None:
        if spent:
            self._surrogates.settle()
        else:
            self._surrogates.audit.forget()
        self.spent += spent

    def _way(self, total: Tensor) -> Tensor:
        """From a gradient added up over the views to the attacker's way."""
        scale = self._uphill / len(self._views)
        return smoothed(total if scale == 1 else total * scale, self._transforms)

    def _logits(self, answers: Answers) -> Tensor | None:
        return torch.stack(answers).detach() if self.plain else None

    def _serves_once(self, error: RuntimeError) -> None:
        """Goes on where a compiled network's answer serves one way back only: it is then asked anew for each."""
        if "donated buffers" not in str(error):
            raise error
        self._surrogates.audit.forget()
