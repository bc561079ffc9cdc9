"""JPEG compression (Guo et al. 2018), by torchvision's own encoder and decoder."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.parameter import Parameter


@dataclass(frozen=True)
class Jpeg:
    """Encodes each picture in 8 bits and decodes it. quality: 1 to 100. The gradient is the identity's."""

    quality: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        from torchvision.io import decode_image, encode_jpeg

        levels = (pixels.detach() * 255).round().clamp(0, 255).to(torch.uint8).cpu()
        saved = [decode_image(encode_jpeg(picture, self.quality)) for picture in levels]
        return straight_through(pixels, torch.stack(saved).to(pixels) / 255)


ROW = Defence(
    "jpeg",
    "JPEG",
    "Saves the picture as a JPEG first, which throws fine detail away.",
    "Guo et al. 2018",
    "https://arxiv.org/abs/1711.00117",
    lambda classifier, quality: Guarded(classifier, Jpeg(quality)),
    gradient="straight-through",
    parameters=(Parameter("quality", 75, 1, 100, "JPEG quality", "Lower throws more detail away.", True),),
)
