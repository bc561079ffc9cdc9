"""Probe: the one that asks surrogates for gradients (by `backward`), and keeps count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from demo.attacks.at_once import at_once
from demo.attacks.backward import Wanted, gradient, one_by_one
from demo.attacks.looks import LOOKS, at_random, majority
from demo.attacks.surrogates import EVERYONE, Answers, Surrogate, Surrogates
from demo.attacks.task import Task
from demo.attacks.views import Transform, View, as_it_is, draw, is_plain, smoothed

Loss = Callable[[Tensor], Tensor]
"""From stacked logits `(M,N,C)` to each picture's own loss `(N,)`."""


class Probe:
    """Asks M surrogates for logits and for gradients with respect to the pictures, never to parameters.

    Gradients are averaged over the transforms' views, which are drawn once an iteration (`renew`), filtered,
    and point uphill for the attacker: for a targeted task their sign is flipped.

    gradients: backward passes through one surrogate so far. forwards: forward passes through one surrogate.
    random: whether a surrogate says of itself that every look draws anew.
    plain: whether the surrogates are shown the pictures just as they are; only then do logits come with a gradient.
    """

    def __init__(
        self, surrogates: Sequence[Surrogate], task: Task, transforms: Sequence[Transform], generator: torch.Generator
    ) -> None:
        self.generator = generator
        self.gradients = 0
        self.plain = is_plain(transforms)
        self.random = any(at_random(surrogate) for surrogate in surrogates)
        self._surrogates = Surrogates(surrogates, task)
        self._task = task
        self._apart = at_once(surrogates, task.images).apart
        self._uphill = -1.0 if task.targeted else 1.0
        self._transforms = tuple(transforms)
        self._views: tuple[View, ...] = (as_it_is,)

    def __len__(self) -> int:
        return len(self._surrogates)

    @property
    def forwards(self) -> int:
        return self._surrogates.forwards

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of the surrogates so far."""
        return tuple(self._surrogates.audit.notes)

    def renew(self) -> None:
        """Draws this iteration's views."""
        self._views = draw(self._transforms, self._task.images, self.generator)

    def logits(self, pictures: Tensor) -> Tensor:
        """All surrogates' logits `(M,N,C)` on the pictures as they are; no gradient is kept."""
        with torch.no_grad():
            return torch.stack(self._surrogates.ask(pictures))

    def peek(self, pictures: Tensor) -> Tensor:
        """The same as `logits`, uncounted: what it takes to draw a frame is not the attacker's."""
        with torch.no_grad():
            return torch.stack(self._surrogates.ask(pictures, count_as=0))

    def logits_beside(self, pictures: Tensor, index: int, own: Tensor | None) -> Tensor:
        """All surrogates' logits `(M,N,C)` where one's, `(1,N,C)`, are already there: only the others are asked."""
        if own is None:
            return self.logits(pictures)
        with torch.no_grad():
            before = self._surrogates.ask(pictures, slice(index))
            after = self._surrogates.ask(pictures, slice(index + 1, None))
        return torch.stack([*before, own[0], *after])

    def settled(self, pictures: Tensor, logits: Tensor | None) -> Tensor:
        """The logits that a gradient came with, if it saw the pictures as they are; else they are asked for."""
        return self.logits(pictures) if logits is None else logits

    def confirmed(self, pictures: Tensor, fell: Tensor, verdict: Callable[[Tensor], Tensor]) -> Tensor:
        """Which of those that fell at one look, `(N,)` bool, fall at most looks: among random surrogates luck is none.

        verdict: from logits `(M,N,C)` to who falls, `(N,)` bool.
        """
        if not self.random or not bool(fell.any()):
            return fell
        again = torch.stack([verdict(self.logits(pictures)) for _ in range(LOOKS - 1)])
        return fell & majority(fell + again.sum(0), LOOKS)

    def probabilities(self, pictures: Tensor) -> Tensor:
        """Softmax probabilities `(Q,M,N,C)` of Q variants `(Q,N,3,H,W)`: all that an attacker without gradients sees.

        Each variant is one query of each surrogate, however many of them share a forward pass.
        """
        with torch.no_grad():
            answers = self._surrogates.ask(pictures.flatten(0, 1), count_as=len(pictures))
        stacked = torch.stack(answers).reshape(len(self), *pictures.shape[:2], -1)
        return stacked.transpose(0, 1).softmax(-1)

    def fused(self, pictures: Tensor, loss: Loss) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one loss of all surrogates' logits, and the logits (see `plain`)."""
        (gradient,), logits = self._gradients(pictures, EVERYONE, lambda z: [(loss(torch.stack(z)), len(z))])
        return gradient, logits

    def several(
        self, pictures: Tensor, losses: Callable[[Tensor], Sequence[Tensor]]
    ) -> tuple[list[Tensor], Tensor | None]:
        """Gradients `(N,3,H,W)` of several losses `(N,)` of all surrogates' logits, out of one forward pass."""
        return self._gradients(pictures, EVERYONE, lambda z: [(loss, len(z)) for loss in losses(torch.stack(z))])

    def fused_and_members(
        self, pictures: Tensor, loss: Loss, members: Sequence[int]
    ) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """The gradient of one loss of all, and those of some members' own cross-entropy, out of one forward pass."""

        def wanted(answers: Answers) -> list[tuple[Tensor, int]]:
            # A stack of all would send zeros back through members whose gradient nobody wants.
            own = [(self._own(answers[k].unsqueeze(0)), 1) for k in members]
            return [(loss(torch.stack(answers)), len(answers)), *own]

        (gradient, *own), logits = self._gradients(pictures, EVERYONE, wanted)
        return gradient, own, logits

    def member(self, index: int, pictures: Tensor, loss: Loss | None = None) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one surrogate's loss, and its logits `(1,N,C)`.

        loss: of logits `(1,N,C)`; cross-entropy unless given.
        """
        chosen = slice(index, index + 1)
        of = loss or self._own
        (gradient,), logits = self._gradients(pictures, chosen, lambda answers: [(of(torch.stack(answers)), 1)])
        return gradient, logits

    def members(self, pictures: Tensor, loss: Loss | None = None) -> tuple[Tensor, Tensor | None]:
        """Every surrogate's own gradient, `(M,N,3,H,W)`, and the logits `(M,N,C)`."""
        gradients, logits = zip(*(self.member(k, pictures, loss) for k in range(len(self))), strict=True)
        return torch.stack(gradients), (torch.cat(logits) if self.plain else None)

    def _own(self, logits: Tensor) -> Tensor:
        return self._task.cross_entropy(logits[0])

    def _gradients(self, pictures: Tensor, chosen: slice, wanted: Wanted) -> tuple[list[Tensor], Tensor | None]:
        totals: list[Tensor] = []
        answers: list[Tensor] = []
        for view in self._views:
            alone = self._apart and chosen == EVERYONE
            answers, gradients = (
                self._one_by_one(pictures, view, wanted) if alone else self._one_view(pictures, view, chosen, wanted)
            )
            totals = [total + one for total, one in zip(totals, gradients, strict=True)] if totals else gradients
        scale = self._uphill / len(self._views)
        logits = torch.stack(answers).detach() if self.plain else None
        return [smoothed(total * scale, self._transforms) for total in totals], logits

    def _one_view(self, pictures: Tensor, view: View, chosen: slice, wanted: Wanted) -> tuple[Answers, list[Tensor]]:
        leaf = pictures.detach().requires_grad_()
        with torch.enable_grad():
            answers = self._surrogates.ask(view(leaf), chosen)
            losses = wanted(answers)
            try:
                # Pictures do not look at each other, so the sum's gradient is each picture's own.
                gradients = [gradient(loss, leaf, again=loss is not losses[-1][0]) for loss, _ in losses]
            except RuntimeError as error:
                if "donated buffers" not in str(error):
                    raise
                # A compiled network's answer serves one way back: it is asked anew for each.
                self._surrogates.audit.forget()
                gradients = []
                for place in range(len(losses)):
                    answers = self._surrogates.ask(view(leaf), chosen)
                    gradients.append(gradient(wanted(answers)[place][0], leaf))
        self._surrogates.settle()
        self.gradients += sum(members for _, members in losses)
        return answers, gradients

    def _one_by_one(self, pictures: Tensor, view: View, wanted: Wanted) -> tuple[Answers, list[Tensor]]:
        """The same of all surrogates, with one's graph at a time."""
        with torch.no_grad():
            said = self._surrogates.ask(view(pictures))
        gradients = one_by_one(said, wanted, lambda k, own: self._one_view(pictures, view, slice(k, k + 1), own))
        if gradients is None:
            self._apart = False
            return self._one_view(pictures, view, EVERYONE, wanted)
        return said, gradients
