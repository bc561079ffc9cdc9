"""ComDefend (Jia et al. 2019): a picture is squeezed through twelve bits a pixel and drawn anew from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.defences.defence import Defence
from models.defences.guard import straight_through
from models.defences.purifiers import builder

BITS = 12


class ComDefend(nn.Module):
    """ComCNN and RecCNN: 3x3 convolutions, ELU between them, no change of scale.

    Pixels `(N,3,H,W)` in and out. In training (`train()`) the code is sigmoid(ComCNN(x) + noise), with Gaussian noise
    of standard deviation `noise` (the paper's phi) that drives it towards 0 and 1; in use it is rounded to bits, with
    the sigmoid's gradient. widths: of ComCNN's first half, mirrored in its second and in RecCNN; the paper's go on to
    128 and 256.
    """

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64), noise: float = 20.0) -> None:
        super().__init__()
        there, back = widths, widths[::-1]
        self.compress = _stack((3, *there, *back[1:], BITS))
        self.reconstruct = _stack((BITS, *there[1:], *back, 3))
        self.noise = noise

    def forward(self, pixels: Tensor) -> Tensor:
        answer: Tensor = self.compress(pixels)
        if self.training:
            code = (answer + self.noise * torch.randn_like(answer)).sigmoid()
        else:
            share = answer.sigmoid()
            code = straight_through(share, (share > 0.5).to(share))
        redrawn: Tensor = self.reconstruct(code)
        return redrawn


def _stack(widths: Sequence[int]) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ELU()]
    return nn.Sequential(*layers[:-1])


ROW = Defence(
    name="comdefend",
    title="Compress and redraw",
    sentence="One network squeezes the picture into a few bits, another draws it anew from them.",
    paper="Jia et al. 2019",
    link="https://arxiv.org/abs/1811.12673",
    build=builder("comdefend", ComDefend),
    gradient="straight-through",
)
