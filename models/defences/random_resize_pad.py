"""Random resizing and padding (Xie et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class RandomResizePad:
    """Resizes to a random side, then pads with black at a random place back to the canvas.

    smallest: the smallest side as a share of the canvas, above 0 and up to 1. The paper enlarges 299 px to a
    side in [299, 331) on a canvas of 331, which is a share from 0.903; networks that take one size only get
    the same geometry inside their own canvas. Every picture has its own draw. The gradient is that of the draw.
    """

    smallest: float

    def __post_init__(self) -> None:
        if isinstance(self.smallest, bool) or not isinstance(self.smallest, int | float) or not 0 < self.smallest <= 1:
            raise ValueError(f"smallest is {self.smallest!r}: use a number above 0 and up to 1.")

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return torch.cat([self._one(picture, generator) for picture in pixels.split(1)])

    def _one(self, picture: Tensor, generator: torch.Generator | None) -> Tensor:
        height, width = picture.shape[-2:]
        share = self.smallest + (1 - self.smallest) * torch.rand((), generator=generator).item()
        side = (max(1, round(height * share)), max(1, round(width * share)))
        small = F.interpolate(picture, side, mode="bilinear", antialias=True)
        top = int(torch.randint(height - side[0] + 1, (), generator=generator))
        left = int(torch.randint(width - side[1] + 1, (), generator=generator))
        return F.pad(small, (left, width - side[1] - left, top, height - side[0] - top))
