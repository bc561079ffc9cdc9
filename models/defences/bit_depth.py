"""Bit-depth reduction (feature squeezing, Xu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.defences.guard import straight_through


@dataclass(frozen=True)
class BitDepth:
    """Rounds each channel to 2^bits evenly spaced shades. bits: 1 to 8. The gradient passes straight through."""

    bits: int

    def __post_init__(self) -> None:
        if isinstance(self.bits, bool) or not isinstance(self.bits, int) or not 1 <= self.bits <= 8:
            raise ValueError(f"bits is {self.bits!r}: use a whole number from 1 to 8.")

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        top = 2**self.bits - 1
        return straight_through(pixels, (pixels * top).round() / top)
