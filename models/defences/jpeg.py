"""JPEG compression (Guo et al. 2018), by torchvision's own encoder and decoder."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.knobs import Number


@dataclass(frozen=True)
class Jpeg:
    """Encodes each picture in 8 bits and decodes it. quality: 1 to 100. The gradient is the identity's."""

    quality: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        from models.libraries import torchvision

        io = torchvision.io
        levels = (pixels.detach() * 255).round().clamp(0, 255).to(torch.uint8).cpu()
        saved = [io.decode_image(io.encode_jpeg(picture, self.quality)) for picture in levels]
        return straight_through(pixels, torch.stack(saved).to(pixels) / 255)


ROW = Defence(
    name="jpeg",
    title="JPEG",
    sentence="Saves the picture as a JPEG first, which throws fine detail away.",
    paper="Guo et al. 2018",
    link="https://arxiv.org/abs/1711.00117",
    build=lambda classifier, quality: Guarded(classifier, Jpeg(quality)),
    gradient="straight-through",
    knobs=(
        Number(
            name="quality",
            default=75,
            low=1,
            high=100,
            title="JPEG quality",
            help="Lower throws more detail away.",
            whole=True,
        ),
    ),
)
