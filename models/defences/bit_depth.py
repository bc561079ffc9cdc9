"""Bit-depth reduction (feature squeezing, Xu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.knobs import Number


@dataclass(frozen=True)
class BitDepth:
    """Rounds each channel to 2^bits evenly spaced shades. The gradient is the identity's."""

    bits: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        top = 2**self.bits - 1
        return straight_through(pixels, (pixels.detach() * top).round() / top)


ROW = Defence(
    name="bit-depth",
    title="Fewer shades",
    sentence="Rounds every colour to a few shades, so that small changes vanish or jump.",
    paper="Xu et al. 2018",
    link="https://arxiv.org/abs/1704.01155",
    build=lambda classifier, bits: Guarded(classifier, BitDepth(bits)),
    gradient="straight-through",
    knobs=(
        Number(
            name="bits",
            default=3,
            low=1,
            high=8,
            title="Bits per colour",
            help="3 bits are 8 shades; 8 bits change nothing.",
            whole=True,
        ),
    ),
)
