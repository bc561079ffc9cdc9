"""Median smoothing (feature squeezing, Xu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.defences.defence import Defence
from models.defences.guard import Guarded
from models.defences.knobs import Number


@dataclass(frozen=True)
class MedianSmoothing:
    """Each value becomes the median of a square window in its channel, as `scipy.ndimage.median_filter` has it.

    An even window lies half a pixel up and left, and takes the upper of the two middle values. Edges are repeated
    outwards. The gradient goes to the value that was chosen.
    """

    window: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        before, after = self.window // 2, (self.window - 1) // 2
        padded = F.pad(pixels, (before, after, before, after), mode="replicate")
        windows = padded.unfold(2, self.window, 1).unfold(3, self.window, 1).flatten(-2)
        return windows.kthvalue(self.window**2 // 2 + 1).values


ROW = Defence(
    name="median-smoothing",
    title="Median smoothing",
    sentence="Replaces every pixel by the middle value of its neighbours, which wipes out lone specks.",
    paper="Xu et al. 2018",
    link="https://arxiv.org/abs/1704.01155",
    build=lambda classifier, window: Guarded(classifier, MedianSmoothing(window)),
    knobs=(
        Number(
            name="window",
            default=2,
            low=2,
            high=5,
            title="Window",
            help="The side of the neighbourhood, in pixels.",
            whole=True,
        ),
    ),
)
