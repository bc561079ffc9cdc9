"""Classifier: pixels in, logits out; everything a network wants done to its input lives inside."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.card import Card
from models.recordings import answer

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class Classifier(nn.Module):
    """From pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`; resizing and normalisation are its own affair.

    labels: the C class names, in the order of the logits.
    card: the catalogue's entry, or None for a network that did not come from the catalogue.
    size: the side in pixels that the network wants; other sizes are resized (antialiased, differentiable) so that
        the shorter side fits, and cropped in the middle. None takes pictures as they come.
    crop: the share of the resized picture's side that is kept; below 1 the picture is resized to size / crop first.
    channels: "rgb", or "bgr" for a network that was trained on them the other way round; mean and std are then for
        that order.
    interpolation: "bilinear" or "bicubic"; the latter's overshoot is cut off at 0 and 1, as in an 8-bit picture.

    random: whether every look draws anew, so that one look is no verdict. generator: what random looks of a plain
    call draw from; None is torch's own. alpha: the level of the vote's binomial test for what may abstain, else None.
    abreast: whether it may be asked while others are; it keeps nothing from one look to the next.
    original: where the network was prepared for speed, makes of it what it was before; else None.
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
        crop: float = 1.0,
        interpolation: str = "bilinear",
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        channels: str = "rgb",
    ) -> None:
        super().__init__()
        self.network = network
        self.labels = tuple(labels)
        self.card = card
        self.size = size
        self.crop = crop
        self.interpolation = interpolation
        self.channels = channels
        self.random = False
        self.by_query = False
        self.abreast = True
        self.generator: torch.Generator | None = None
        self.alpha: float | None = None
        self.original: Callable[[nn.Module], nn.Module] | None = None
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32).view(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.look(pixels, self.generator)

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One look at the pictures; whatever is random in it draws from `generator` (None: torch's own)."""
        return self.read(self.fit(pixels))

    def read(self, fitted: Tensor) -> Tensor:
        """The network's answer to pictures that are at its side already."""
        ordered = fitted.flip(1) if self.channels == "bgr" else fitted
        return answer(self.network, (ordered - self.mean) / self.std)

    def fit(self, pixels: Tensor) -> Tensor:
        """The pictures at the side that the network wants."""
        if self.size is None:
            return pixels
        height, width = pixels.shape[-2:]
        wanted = math.floor(self.size / self.crop)
        if min(height, width) != wanted:
            # As torchvision and timm round it: the longer side is cut down to a whole number of pixels.
            height, width = wanted * height // min(height, width), wanted * width // min(height, width)
            # Rows first and columns then, cut off after each, as Pillow does in 8 bits.
            for side in ((pixels.shape[-2], width), (height, width)):
                pixels = F.interpolate(pixels, side, mode=self.interpolation, antialias=True)
                pixels = pixels.clamp(0, 1) if self.interpolation == "bicubic" else pixels
        top, left = round((height - self.size) / 2), round((width - self.size) / 2)
        return pixels[..., top : top + self.size, left : left + self.size]


class Ensemble(nn.Module):
    """Several classifiers over one label space; gives their logits stacked, `(M,N,C)`."""

    def __init__(self, members: Sequence[Classifier]) -> None:
        super().__init__()
        if not members:
            raise ValueError("An ensemble needs at least one classifier; none was given.")
        wrong = [member for member in members if not isinstance(member, Classifier)]
        if wrong:
            raise ValueError(f"An ensemble is made of Classifiers; one of these is of type {type(wrong[0]).__name__}.")
        self.members = tuple(members)
        self._registered = nn.ModuleList(members)
        self.labels = members[0].labels
        if any(member.labels != self.labels for member in members):
            raise ValueError("An ensemble's classifiers must share one label space; these have different labels.")

    def forward(self, pixels: Tensor) -> Tensor:
        return self.look(pixels)

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One look of each member, in turn."""
        return torch.stack([member.look(pixels, generator) for member in self.members])
