"""HGD's denoiser (Liao et al. 2018): a U-net that predicts the perturbation and takes it away."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.defences.defence import Defence
from models.defences.purifiers import builder


class Denoiser(nn.Module):
    """The paper's DUNET: pixels `(N,3,H,W)` in, the same plus a predicted correction out.

    widths: channels at each scale, every one half the side of the one before. The paper has six scales for 299 px;
    four, and narrower ones, suit 64. It is trained so that a network's late features of the cleaned adversarial
    picture come close to those of the clean one ("guided by high-level representation").
    """

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128, 128)) -> None:
        super().__init__()
        before = (3, *widths)
        scales = range(len(widths))
        self.down = nn.ModuleList(_twice(before[i], widths[i], stride=1 if i == 0 else 2) for i in scales)
        self.up = nn.ModuleList(_twice(widths[i] + widths[i + 1], widths[i]) for i in reversed(scales[:-1]))
        self.last = nn.Conv2d(widths[0], 3, 1)
        # So that an untrained denoiser changes nothing, and training begins from there.
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)  # type: ignore[arg-type]

    def forward(self, pixels: Tensor) -> Tensor:
        maps = [pixels]
        for block in self.down:
            maps.append(block(maps[-1]))
        current = maps.pop()
        for block, fine in zip(self.up, reversed(maps[1:]), strict=True):
            wide = F.interpolate(current, fine.shape[-2:], mode="bilinear", align_corners=False)
            current = block(torch.cat([fine, wide], dim=1))
        correction: Tensor = self.last(current)
        return pixels + correction


def _twice(inputs: int, outputs: int, stride: int = 1) -> nn.Module:
    from models.libraries import torchvision

    block = torchvision.ops.Conv2dNormActivation
    return nn.Sequential(block(inputs, outputs, 3, stride), block(outputs, outputs, 3))


ROW = Defence(
    name="hgd",
    title="Learned denoiser",
    sentence="A network guesses what was added to the picture and takes it away again.",
    paper="Liao et al. 2018",
    link="https://arxiv.org/abs/1712.02976",
    build=builder("hgd", Denoiser),
)
