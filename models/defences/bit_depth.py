"""Bit-depth reduction (feature squeezing, Xu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.parameter import Parameter


@dataclass(frozen=True)
class BitDepth:
    """Rounds each channel to 2^bits evenly spaced shades. The gradient is the identity's."""

    bits: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        top = 2**self.bits - 1
        return straight_through(pixels, (pixels.detach() * top).round() / top)


ROW = Defence(
    "bit-depth",
    "Fewer shades",
    "Rounds every colour to a few shades, so that small changes vanish or jump.",
    "Xu et al. 2018",
    "https://arxiv.org/abs/1704.01155",
    lambda classifier, bits: Guarded(classifier, BitDepth(bits)),
    gradient="straight-through",
    parameters=(Parameter("bits", 3, 1, 8, "Bits per colour", "3 bits are 8 shades; 8 bits change nothing.", True),),
)
