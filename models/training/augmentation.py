"""Training views of a batch of pictures: every picture gets a crop, a flip and colours of its own.

torchvision's transforms draw once for a whole batch, and picture by picture they would take longer than the
networks here; hence these few lines on tensors.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

AREA = (0.55, 1.0)  # share of the picture that a crop keeps
ASPECT = 4 / 3  # the largest ratio of a crop's sides
GAIN = 0.25  # brightness and contrast: factors within 1 ± GAIN
TINT = 0.06  # standard deviation of a shift of each colour channel


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Random resized crops, flips and colour shifts: `(N,3,H,W)` uint8 to the same shape in [0,1].

    generator: on the device of the pictures; it alone decides the draws.
    """
    pixels = images.float().div(255)
    views = F.grid_sample(pixels, _crops(pixels, generator), padding_mode="reflection", align_corners=False)
    return _recolour(views, generator).contiguous(memory_format=torch.channels_last)


def shrink(views: Tensor, size: int) -> Tensor:
    """The same views at a smaller side, in pixels."""
    if views.shape[-1] == size:
        return views
    smaller = F.interpolate(views, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
    return smaller.contiguous(memory_format=torch.channels_last)


def cut(views: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Patches of that side, in pixels, at one random place of all views."""
    left, top = torch.randint(views.shape[-1] - size + 1, (2,), generator=generator, device=views.device).tolist()
    return views[..., top : top + size, left : left + size].contiguous(memory_format=torch.channels_last)


def _crops(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Sampling grids `(N,H,W,2)` of crops inside the picture, half of them mirrored."""
    area, aspect, left, top, mirror = torch.rand(
        (5, len(pixels)), generator=generator, device=pixels.device, dtype=pixels.dtype
    )
    side = (AREA[0] + (AREA[1] - AREA[0]) * area).sqrt()
    stretch = ((2 * aspect - 1) * math.log(ASPECT) / 2).exp()
    width, height = (side * stretch).clamp(max=1), (side / stretch).clamp(max=1)
    matrices = pixels.new_zeros(len(pixels), 2, 3)
    matrices[:, 0, 0] = torch.where(mirror < 0.5, width, -width)
    matrices[:, 1, 1] = height
    matrices[:, 0, 2] = (2 * left - 1) * (1 - width)
    matrices[:, 1, 2] = (2 * top - 1) * (1 - height)
    return F.affine_grid(matrices, list(pixels.shape), align_corners=False)


def _recolour(pixels: Tensor, generator: torch.Generator) -> Tensor:
    draws = torch.rand((2, len(pixels), 1, 1, 1), generator=generator, device=pixels.device)
    brightness, contrast = (1 + GAIN * (2 * draws - 1)).unbind()
    tint = TINT * torch.randn((len(pixels), 3, 1, 1), generator=generator, device=pixels.device)
    centre = pixels.mean(dim=(1, 2, 3), keepdim=True)
    return (((pixels - centre) * contrast + centre) * brightness + tint).clamp(0, 1)
