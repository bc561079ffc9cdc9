"""Halftone (TREND, Ravikumar et al. 2022, section IV-D1): two shades a channel, dithered, as in newsprint."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through


def halftone(pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Error diffusion (Floyd-Steinberg, Pillow's own) of each channel to 0 and 1; the gradient is the identity's.

    The paper takes its halftones from an event-driven image sensor that it does not specify further; error
    diffusion is the standard form in software.
    """
    levels = (pixels.detach() * 255).round().clamp(0, 255).to(torch.uint8).cpu().flatten(0, 1).numpy()
    dots = np.stack([np.asarray(Image.fromarray(channel).convert("1")) for channel in levels])
    return straight_through(pixels, torch.from_numpy(dots).reshape(pixels.shape).to(pixels))


ROW = Defence(
    name="halftone",
    title="Halftone",
    sentence="Prints the picture in dots like a newspaper: every colour channel is either on or off.",
    paper="Ravikumar et al. 2022",
    link="https://arxiv.org/abs/2008.01524",
    build=lambda classifier: Guarded(classifier, halftone, at_entrance=True),
    gradient="straight-through",
)
