"""A guard in front of a classifier: pixels are changed before the network sees them."""

from __future__ import annotations

import math
from typing import Protocol, cast

import torch
from torch import Tensor

from models.classifier import Classifier


class Guard(Protocol):
    """From pixels `(N,3,H,W)` in [0,1] to pixels; random ones draw from `generator` (None: torch's own)."""

    def __call__(self, pixels: Tensor, generator: torch.Generator | None) -> Tensor: ...


class Guarded(Classifier):
    """A classifier whose pictures pass a guard first; a classifier itself, with the same labels and card.

    size, mean and std tell what the classifier inside wants; only that one applies them.
    at_entrance: whether the guard works on what the network itself sees, at the side that it wants, and not on the
        picture as it comes. (Behind another guard it works on what that one is given.)
    """

    def __init__(self, classifier: Classifier, guard: Guard, *, at_entrance: bool = False) -> None:
        super().__init__(classifier, classifier.labels, card=classifier.card, size=classifier.size)
        self.mean, self.std = classifier.mean, classifier.std
        self.guard = guard
        self.at_entrance = at_entrance and type(classifier) is Classifier

    @property
    def classifier(self) -> Classifier:
        """The classifier behind the guard."""
        return cast(Classifier, self.network)

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        if self.at_entrance:
            return self.classifier.read(self.guard(self.classifier.fit(pixels), generator))
        return self.classifier.look(self.guard(pixels, generator), generator)


class Averaged(Classifier):
    """What a random classifier answers on average: the logarithm of the mean probability over `draws` looks.

    For an attacker who knows the defence: its gradient is the average over the draws (EOT, Athalye et al. 2018),
    where one look's is mostly chance. `generator` makes it repeatable.
    """

    def __init__(self, classifier: Classifier, draws: int = 10) -> None:
        super().__init__(classifier, classifier.labels, card=classifier.card, size=classifier.size)
        self.mean, self.std = classifier.mean, classifier.std
        self.training, self.random, self.by_query = classifier.training, classifier.random, classifier.by_query
        self.draws = draws if classifier.random else 1

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        classifier = cast(Classifier, self.network)
        looks = [classifier.look(pixels, generator).log_softmax(1) for _ in range(self.draws)]
        return torch.stack(looks).logsumexp(0) - math.log(self.draws)


def straight_through(smooth: Tensor, wanted: Tensor) -> Tensor:
    """The wanted values with the gradient of the smooth ones (BPDA, Athalye et al. 2018)."""
    # Not smooth + (wanted - smooth): its rounding error would leave the defence's own steps.
    if not smooth.requires_grad:
        return wanted
    passed: Tensor = _StraightThrough.apply(smooth, wanted)  # type: ignore[no-untyped-call]
    return passed


class _StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(context: object, smooth: Tensor, wanted: Tensor) -> Tensor:
        return wanted.clone()

    @staticmethod
    def backward(context: object, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


def log_shares(hard: Tensor, soft: Tensor) -> Tensor:
    """Shares of a vote `(N,C)` as logits, with the gradient of the mean probabilities `soft`.

    Softmax gives the shares back, up to the floor that keeps the logarithm finite. The gradient is swapped before
    the logarithm: swapped after it, the cross-entropy of a unanimous vote would have none at all. Where the label has
    no vote left its slope is huge, so that beside other surrogates a vote is better fused by losses than by logits.
    """
    floor = 1e-6
    return (straight_through(soft, hard) * (1 - floor * hard.shape[1]) + floor).log()


def normal(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Standard normal draws in the shape, dtype and on the device of `like`, from the generator's own device."""
    device = like.device if generator is None else generator.device
    return torch.randn(like.shape, generator=generator, dtype=like.dtype, device=device).to(like.device)


def uniform(low: float, high: float, generator: torch.Generator | None) -> float:
    """One number drawn uniformly from [low, high)."""
    device = "cpu" if generator is None else generator.device
    return low + (high - low) * torch.rand((), generator=generator, device=device).item()


def whole(low: int, high: int, generator: torch.Generator | None) -> int:
    """One whole number drawn uniformly from low to high, both included."""
    device = "cpu" if generator is None else generator.device
    return int(torch.randint(low, high + 1, (), generator=generator, device=device))
