"""Probe: the only caller of autograd, and the one that keeps count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from demo.attacks.core import Task

Surrogate = Callable[[Tensor], Tensor]
"""From pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`: a `Classifier`, or any module or function of the reader's."""

View = Callable[[Tensor], Tensor]
"""A differentiable change of what the surrogates look at, `(N,3,H,W)` to `(N,3,h,w)`."""

Loss = Callable[[Tensor], Tensor]
"""From stacked logits `(M,N,C)` to each picture's own loss `(N,)`."""


def _as_it_is(pictures: Tensor) -> Tensor:
    return pictures


def _one_view(like: Tensor, generator: torch.Generator) -> tuple[View, ...]:
    return (_as_it_is,)


@dataclass(frozen=True)
class Transform:
    """An input transformation: views over which gradients are averaged, and a filter of the average.

    draw: from a picture batch (for its size) and the run's generator to this iteration's views.
    smooth: from the averaged gradient `(N,3,H,W)` to the filtered one.
    """

    draw: Callable[[Tensor, torch.Generator], tuple[View, ...]] = _one_view
    smooth: Callable[[Tensor], Tensor] = _as_it_is


class Probe:
    """Asks M surrogates for logits and for gradients with respect to the pictures, never to parameters.

    Gradients are averaged over the transforms' views, which are drawn once an iteration (`renew`), filtered,
    and point uphill for the attacker: for a targeted task their sign is flipped.

    backwards: backward passes through one surrogate so far. forwards: forward passes through one surrogate.
    """

    def __init__(
        self,
        surrogates: Sequence[Surrogate],
        task: Task,
        transforms: Sequence[Transform],
        generator: torch.Generator,
    ) -> None:
        self.surrogates = tuple(surrogates)
        self.generator = generator
        self.forwards = 0
        self.backwards = 0
        self._task = task
        self._classes_needed = int(task.labels.max()) + 1
        self._uphill = -1.0 if task.targeted else 1.0
        self._transforms = tuple(transforms)
        self._views: tuple[View, ...] = (_as_it_is,)

    def __len__(self) -> int:
        return len(self.surrogates)

    @property
    def plain(self) -> bool:
        """Whether the surrogates are shown the pictures just as they are."""
        return all(transform.draw is _one_view for transform in self._transforms)

    def renew(self) -> None:
        """Draws this iteration's views: every combination of the transforms' own, the first applied first."""
        drawn = [transform.draw(self._task.images, self.generator) for transform in self._transforms]
        self._views = tuple(_chain(views) for views in product(*drawn)) if drawn else (_as_it_is,)

    def logits(self, pictures: Tensor) -> Tensor:
        """All surrogates' logits `(M,N,C)` on the pictures as they are; no gradient is kept."""
        with torch.no_grad():
            return self._ask(pictures, self.surrogates)

    def fused(self, pictures: Tensor, loss: Loss) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one loss of all surrogates' logits, and the logits (see `plain`)."""
        return self._gradient(pictures, loss, self.surrogates)

    def member(self, index: int, pictures: Tensor, loss: Loss | None = None) -> tuple[Tensor, Tensor | None]:
        """Gradient `(N,3,H,W)` of one surrogate's loss, and its logits `(1,N,C)`.

        loss: of logits `(1,N,C)`; cross-entropy unless given.
        """
        chosen = loss or (lambda logits: self._task.cross_entropy(logits[0]))
        return self._gradient(pictures, chosen, self.surrogates[index : index + 1])

    def members(self, pictures: Tensor, loss: Loss | None = None) -> tuple[Tensor, Tensor | None]:
        """Every surrogate's own gradient, `(M,N,3,H,W)`, and the logits `(M,N,C)`."""
        gradients, logits = zip(*(self.member(k, pictures, loss) for k in range(len(self))), strict=True)
        return torch.stack(gradients), (torch.cat(logits) if self.plain else None)

    def _gradient(self, pictures: Tensor, loss: Loss, surrogates: Sequence[Surrogate]) -> tuple[Tensor, Tensor | None]:
        total = torch.zeros_like(pictures)
        logits = None
        for view in self._views:
            leaf = pictures.detach().requires_grad_()
            with torch.enable_grad():
                logits = self._ask(view(leaf), surrogates)
                # Pictures do not look at each other, so the sum's gradient is each picture's own.
                (gradient,) = torch.autograd.grad(loss(logits).sum(), leaf)
            self.backwards += len(surrogates)
            total = gradient if len(self._views) == 1 else total + gradient
        total = total * (self._uphill / len(self._views))
        for transform in self._transforms:
            total = transform.smooth(total)
        return total, (logits.detach() if logits is not None and self.plain else None)

    def _ask(self, pictures: Tensor, surrogates: Sequence[Surrogate]) -> Tensor:
        self.forwards += len(surrogates)
        answers = [surrogate(pictures) for surrogate in surrogates]
        _check_answers(answers, len(pictures), self._classes_needed)
        return torch.stack(answers)


def _chain(views: Sequence[View]) -> View:
    def view(pictures: Tensor) -> Tensor:
        for one in views:
            pictures = one(pictures)
        return pictures

    return view


def _check_answers(answers: Sequence[Tensor], pictures: int, classes_needed: int) -> None:
    for answer in answers:
        if answer.ndim != 2 or len(answer) != pictures:
            raise ValueError(
                f"A surrogate must give logits of shape (N, C) for N pictures; for {pictures} of them one gave "
                f"{tuple(answer.shape)}."
            )
    classes = {answer.shape[1] for answer in answers}
    if len(classes) > 1:
        raise ValueError(
            f"Surrogates must share one label space, but these give {sorted(classes)} classes: choose surrogates "
            "of one pack."
        )
    if min(classes) < classes_needed:
        raise ValueError(
            f"Label {classes_needed - 1} is out of range: the surrogates know classes 0 to {min(classes) - 1}."
        )
