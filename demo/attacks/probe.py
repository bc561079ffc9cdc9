"""Probe: what attacks ask surrogates through, and what keeps count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from demo.attacks.at_once import at_once
from demo.attacks.backward import Wanted
from demo.attacks.graphs import Graphs
from demo.attacks.looks import LOOKS, at_random, majority
from demo.attacks.surrogates import EVERYONE, Answers, Surrogate, Surrogates
from demo.attacks.task import Task
from demo.attacks.views import Transform

Loss = Callable[[Tensor], Tensor]
"""From stacked logits `(M,N,C)` to each picture's own loss `(N,)`; detached where no gradient is wanted of it."""


class Probe:
    """Asks M surrogates for logits and for gradients with respect to the pictures, never to parameters.

    Gradients are averaged over the transforms' views, which are drawn once an iteration (`renew`), filtered,
    and point uphill for the attacker: for a targeted task their sign is flipped.

    random: whether a surrogate says of itself that every look draws anew.
    plain: whether the surrogates are shown the pictures just as they are; only then do logits come with a gradient.
    """

    def __init__(
        self, surrogates: Sequence[Surrogate], task: Task, transforms: Sequence[Transform], generator: torch.Generator
    ) -> None:
        self.generator = generator
        self.random = any(at_random(surrogate) for surrogate in surrogates)
        self._surrogates = Surrogates(surrogates, task.labels)
        self._task = task
        apart = at_once(surrogates, task.images).apart
        self._graphs = Graphs(self._surrogates, transforms, uphill=-1.0 if task.targeted else 1.0, apart=apart)
        self.plain = self._graphs.plain

    def __len__(self) -> int:
        return len(self._surrogates)

    @property
    def gradients(self) -> int:
        """Backward passes through one surrogate so far."""
        return self._graphs.spent

    @property
    def forwards(self) -> int:
        """Forward passes through one surrogate so far."""
        return self._surrogates.forwards

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know so far, of the surrogates or of what was asked."""
        return tuple(self._surrogates.audit.notes)

    def note(self, words: str) -> None:
        """Has the reader told, once, with the first frame."""
        self._surrogates.audit.notes.append(words)

    def renew(self) -> None:
        """Draws this iteration's views."""
        self._graphs.renew(self._task.images, self.generator)

    def logits(self, pictures: Tensor) -> Tensor:
        """All surrogates' logits `(M,N,C)` on the pictures as they are; no gradient is kept."""
        with torch.no_grad():
            return torch.stack(self._surrogates.ask(pictures))

    def peek(self, pictures: Tensor) -> Tensor:
        """The same as `logits`, uncounted: what it takes to draw a frame is not the attacker's."""
        with torch.no_grad():
            return torch.stack(self._surrogates.ask(pictures, count_as=0))

    def variants(self, pictures: Tensor) -> Tensor:
        """All surrogates' logits `(Q,M,N,C)` on Q variants `(Q,N,3,H,W)` of the pictures; no gradient is kept.

        Each variant is one query of each surrogate, however many of them share a forward pass.
        """
        with torch.no_grad():
            answers = self._surrogates.ask(pictures.flatten(0, 1), count_as=len(pictures))
        return torch.stack(answers).reshape(len(self), *pictures.shape[:2], -1).transpose(0, 1)

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

        verdict: from logits `(M,N,C)` to who falls, `(N,)` bool. Pictures at rest have been confirmed already.
        """
        resting = self._surrogates.resting
        if not self.random or not bool((fell if resting is None else fell & ~resting).any()):
            return fell
        again = torch.stack([verdict(self.logits(pictures)) for _ in range(LOOKS - 1)])
        return fell & majority(fell + again.sum(0), LOOKS)

    def over(self, fell: Tensor) -> bool:
        """Whether no way back is worth taking: all fell, `(N,)` bool, at a look that needs no confirming."""
        return self.plain and not self.random and bool(fell.all())

    def rest(self, finished: Tensor, logits: Tensor) -> None:
        """From now on asks nobody about pictures, `(N,)` bool, that stay as they are; their logits, `(M,N,C)`, stand.

        Their gradient is 0. A pass is counted as one whoever is left of the batch.
        """
        self._surrogates.rest(finished, logits)

    def fused(self, pictures: Tensor, loss: Loss) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one loss of all surrogates' logits, and the logits (see `plain`)."""
        (gradient,), logits = self._graphs.back(pictures, EVERYONE, lambda z: [(loss(torch.stack(z)), len(z))])
        return gradient, logits

    def several(
        self, pictures: Tensor, losses: Callable[[Tensor], Sequence[Tensor]]
    ) -> tuple[list[Tensor], Tensor | None]:
        """Gradients `(N,3,H,W)` of several losses `(N,)` of all surrogates' logits, out of one forward pass."""
        return self._graphs.back(pictures, EVERYONE, lambda z: [(loss, len(z)) for loss in losses(torch.stack(z))])

    def fused_and_members(
        self, pictures: Tensor, loss: Loss, members: Sequence[int]
    ) -> tuple[Tensor, Mapping[int, Callable[[], Tensor]], Tensor | None]:
        """The gradient of one loss of all; those of some members' own cross-entropy, to be called for, and worked out
        meanwhile, in this order, where that pays (`Graphs.begun`); and the logits: out of one forward pass."""

        def fused(answers: Answers) -> list[Wanted]:
            return [(loss(torch.stack(answers)), len(answers))]

        def own(answers: Answers) -> list[Wanted]:
            return [(self._task.cross_entropy(answer), 1) for answer in answers]

        if found := self._graphs.begun(pictures, fused, own, members):
            return found
        # A stack of all would send zeros back through members whose gradient nobody wants.
        (gradient, *apart), logits = self._graphs.back(
            pictures, EVERYONE, lambda answers: [*fused(answers), *own([answers[k] for k in members])]
        )
        return gradient, {k: lambda one=one: one for k, one in zip(members, apart, strict=True)}, logits

    def member(self, index: int, pictures: Tensor, loss: Loss | None = None) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one surrogate's loss, and its logits `(1,N,C)`.

        loss: of logits `(1,N,C)`; cross-entropy unless given.
        """

        def wanted(answers: Answers) -> list[Wanted]:
            return [(loss(torch.stack(answers)) if loss else self._task.cross_entropy(answers[0]), 1)]

        (gradient,), logits = self._graphs.back(pictures, slice(index, index + 1), wanted)
        return gradient, logits

    def members(self, pictures: Tensor) -> tuple[Tensor, Tensor | None]:
        """Every surrogate's own gradient, `(M,N,3,H,W)`, and the logits `(M,N,C)`."""
        if self._graphs.side_by_side(pictures):
            found, answers = self._graphs.back(
                pictures, EVERYONE, lambda z: [(self._task.cross_entropy(one), 1) for one in z]
            )
            return torch.stack(found), answers
        gradients, logits = zip(*(self.member(k, pictures) for k in range(len(self))), strict=True)
        return torch.stack(gradients), (torch.cat(logits) if self.plain else None)

    def members_first(self, pictures: Tensor) -> tuple[Tensor, Tensor | None, Callable[[Loss], Tensor]]:
        """As `members`, and what then gives the gradient of one loss of all, by the graphs that are there if they can
        be kept (`Graphs.kept`), else by another forward pass."""
        found = self._graphs.kept(pictures, self._task.cross_entropy)
        if found is None:
            return *self.members(pictures), lambda loss: self.fused(pictures, loss)[0]
        gradients, logits, further = found
        return torch.stack(gradients), logits, lambda loss: further(lambda answers: loss(torch.stack(answers)))
