"""NRP (Naseer et al. 2020): a purifier trained by itself to undo what disturbs a network's features."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.defences.defence import Defence
from models.defences.purifiers import builder

SCALE = 0.2  # of every residual, as in the paper's ESRGAN blocks


class Dense(nn.Module):
    """Five convolutions, each of which sees all before it; their result is added to the input."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv2d(width + i * growth, growth if i < 4 else width, 3, padding=1) for i in range(5)
        )

    def forward(self, features: Tensor) -> Tensor:
        seen = [features]
        for layer in self.layers[:-1]:
            seen.append(nn.functional.leaky_relu(layer(torch.cat(seen, dim=1)), 0.2))
        correction: Tensor = self.layers[-1](torch.cat(seen, dim=1))
        return features + SCALE * correction


class Purifier(nn.Module):
    """The paper's purifier network: residual-in-residual dense blocks between two convolutions, pixels in and out.

    The paper's has 64 channels, growth 32 and several blocks for 299 px; the defaults suit 64. Unlike the paper's,
    it adds its result to the picture, so that an untrained one changes nothing.
    """

    def __init__(self, width: int = 32, growth: int = 16, blocks: int = 2) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList(nn.Sequential(*(Dense(width, growth) for _ in range(3))) for _ in range(blocks))
        self.last = nn.Conv2d(width, 3, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)  # type: ignore[arg-type]

    def forward(self, pixels: Tensor) -> Tensor:
        features = self.first(pixels)
        for block in self.blocks:
            features = features + SCALE * (block(features) - features)
        correction: Tensor = self.last(features)
        return pixels + correction


ROW = Defence(
    name="nrp",
    title="Learned purifier",
    sentence="A network that has taught itself what disturbances look like washes them out.",
    paper="Naseer et al. 2020",
    link="https://arxiv.org/abs/2006.04924",
    build=builder("nrp", Purifier),
)
