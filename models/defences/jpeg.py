"""JPEG compression (Guo et al. 2018), by torchvision's own encoder and decoder."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.io import decode_image, encode_jpeg

from models.defences.guard import straight_through


@dataclass(frozen=True)
class Jpeg:
    """Encodes and decodes each picture. quality: 1 to 100. The gradient passes straight through."""

    quality: int

    def __post_init__(self) -> None:
        if isinstance(self.quality, bool) or not isinstance(self.quality, int) or not 1 <= self.quality <= 100:
            raise ValueError(f"quality is {self.quality!r}: use a whole number from 1 to 100.")

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        levels = (pixels.detach() * 255).round().clamp(0, 255).to(torch.uint8).cpu()
        saved = [decode_image(encode_jpeg(picture, self.quality)) for picture in levels]
        return straight_through(pixels, torch.stack(saved).to(pixels) / 255)
