"""Classifier: pixels in, logits out; everything a network wants done to its input lives inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from models.catalog import Card

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class Classifier(nn.Module):
    """From pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`; resizing and normalisation are its own affair.

    labels: the C class names, in the order of the logits.
    card: the catalogue's entry, or None for a network that did not come from the catalogue.
    size: the side in pixels that the network wants; other sizes are resized (bilinear, antialiased,
        differentiable). None takes pictures as they come.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        network: nn.Module,
        labels: Sequence[str],
        *,
        card: Card | None = None,
        size: int | None = None,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
    ) -> None:
        super().__init__()
        self.network = network
        self.labels = tuple(labels)
        self.card = card
        self.size = size
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.network((self.fit(pixels) - self.mean) / self.std)

    def fit(self, pixels: Tensor) -> Tensor:
        """The pictures at the side that the network wants."""
        if self.size is None or pixels.shape[-2:] == (self.size, self.size):
            return pixels
        side = (self.size, self.size)
        return F.interpolate(pixels, size=side, mode="bilinear", antialias=True, align_corners=False)


class Ensemble(nn.Module):
    """Several classifiers over one label space; gives their logits stacked, `(M,N,C)`."""

    def __init__(self, members: Sequence[Classifier]) -> None:
        super().__init__()
        if not members:
            raise ValueError("An ensemble needs at least one classifier; none was given.")
        self.members = nn.ModuleList(members)
        self.labels = members[0].labels
        if any(member.labels != self.labels for member in members):
            raise ValueError("An ensemble's classifiers must share one label space; these have different labels.")

    def forward(self, pixels: Tensor) -> Tensor:
        return torch.stack([member(pixels) for member in self.members])
