"""A guard in front of a classifier: pixels are changed before the network sees them."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from models.classifier import Classifier


class Guard(Protocol):
    """From pixels `(N,3,H,W)` in [0,1] to pixels; random ones draw from `generator` (None: torch's own)."""

    def __call__(self, pixels: Tensor, generator: torch.Generator | None) -> Tensor: ...


class Guarded(Classifier):
    """A classifier whose pictures pass a guard first; a classifier itself, with the same labels and card.

    generator: what a random guard draws from. None is torch's own; set one to repeat a verdict.
    """

    def __init__(self, classifier: Classifier, guard: Guard) -> None:
        if not isinstance(classifier, Classifier):
            raise ValueError(f"This defence stands in front of one Classifier, not {type(classifier).__name__}.")
        nn.Module.__init__(self)
        self.classifier = classifier
        self.guard = guard
        self.labels = classifier.labels
        self.card = classifier.card
        self.generator: torch.Generator | None = None

    def forward(self, pixels: Tensor) -> Tensor:
        return self.classifier(self.guard(pixels, self.generator))


def straight_through(before: Tensor, after: Tensor) -> Tensor:
    """The changed pixels, with the gradient of unchanged ones (BPDA, Athalye et al. 2018)."""
    return before + (after - before).detach() if before.requires_grad else after
