"""Feature distillation (Liu et al. 2019): JPEG's own idea, with a quantisation table made for networks."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.knobs import Number

BLOCK = 8
SENSITIVE = 16  # of the 64 frequencies: as many as the 4 x 4 corner that the published code spares
SPECTRUM = Path(__file__).with_name("spectrum.toml")


@cache
def spectrum() -> Tensor:
    """`(8,8)` standard deviation of each frequency over training pictures, in 8-bit levels; see `spectrum.py`."""
    return torch.tensor(tomllib.loads(SPECTRUM.read_text())["deviation"], dtype=torch.float64, device="cpu")


@cache
def cosines() -> Tensor:
    """The orthonormal DCT-II as an `(8,8)` matrix: `cosines @ block @ cosines.T` gives a block's frequencies."""
    place = torch.arange(BLOCK, dtype=torch.float64, device="cpu")
    frequency = place.unsqueeze(1)
    waves = torch.cos(math.pi * frequency * (2 * place + 1) / (2 * BLOCK)) * math.sqrt(2 / BLOCK)
    waves[0] /= math.sqrt(2)
    return waves


def steps(fine: float, coarse: float) -> Tensor:
    """The quantisation table `(8,8)`: the fine step for the frequencies that vary most, the coarse one elsewhere.

    The paper sorts frequencies by their standard deviation and spares the upper ones, on which accuracy depends.
    """
    table = torch.full((BLOCK * BLOCK,), float(coarse), dtype=torch.float64, device="cpu")
    table[spectrum().flatten().topk(SENSITIVE).indices] = float(fine)
    return table.view(BLOCK, BLOCK)


def blocks(pixels: Tensor) -> Tensor:
    """`(N,3,H,W)` cut into `(N,3,H/8,W/8,8,8)`."""
    return pixels.unfold(2, BLOCK, BLOCK).unfold(3, BLOCK, BLOCK)


@dataclass(frozen=True)
class FeatureDistillation:
    """Rounds the frequencies of each 8 x 8 block of each channel to multiples of a step, in 8-bit levels.

    Sides that 8 does not divide are extended by their last pixel for the purpose. The gradient is the identity's.
    """

    fine: float
    coarse: float

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        height, width = pixels.shape[-2:]
        padded = F.pad(pixels.detach() * 255, (0, -width % BLOCK, 0, -height % BLOCK), mode="replicate")
        waves, table = cosines().to(pixels), steps(self.fine, self.coarse).to(pixels)
        rounded = (waves @ blocks(padded) @ waves.T / table).round() * table
        restored = (waves.T @ rounded @ waves).permute(0, 1, 2, 4, 3, 5).reshape(padded.shape)
        return straight_through(pixels, (restored[..., :height, :width] / 255).clamp(0, 1))


ROW = Defence(
    name="feature-distillation",
    title="Feature distillation",
    sentence="A JPEG made for networks: keeps the patterns that vary between pictures, and rounds the rest away.",
    paper="Liu et al. 2019",
    link="https://arxiv.org/abs/1803.05787",
    build=lambda classifier, fine, coarse: Guarded(classifier, FeatureDistillation(fine, coarse)),
    gradient="straight-through",
    knobs=(
        Number(
            name="fine",
            default=25,
            low=1,
            high=255,
            title="Fine step",
            help="Rounding of the patterns that matter, in 8-bit levels.",
        ),
        Number(
            name="coarse",
            default=30,
            low=1,
            high=255,
            title="Coarse step",
            help="Rounding of all others, in 8-bit levels.",
        ),
    ),
)
