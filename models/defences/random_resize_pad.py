"""Random resizing and padding (Xie et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.defences.defence import Defence
from models.defences.guard import Guarded, uniform, whole
from models.defences.knobs import Number


@dataclass(frozen=True)
class RandomResizePad:
    """Resizes to a random side, then pads with black at a random place back to the canvas.

    smallest: the smallest side as a share of the canvas. The paper enlarges 299 px to a side in [299, 331) on a
    canvas of 331, which is a share from 0.903; networks that take one size only get the same geometry inside their
    own canvas. Every picture has its own draw.
    """

    smallest: float

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return torch.cat([self._one(picture, generator) for picture in pixels.split(1)])

    def _one(self, picture: Tensor, generator: torch.Generator | None) -> Tensor:
        height, width = picture.shape[-2:]
        share = uniform(self.smallest, 1, generator)
        rows, columns = max(1, round(height * share)), max(1, round(width * share))
        small = F.interpolate(picture, (rows, columns), mode="bilinear", antialias=True)
        top, left = whole(0, height - rows, generator), whole(0, width - columns, generator)
        return F.pad(small, (left, width - columns - left, top, height - rows - top))


ROW = Defence(
    name="random-resize-pad",
    title="Random resizing",
    sentence="Shrinks the picture by a random amount and pads it at a random place, anew at every look.",
    paper="Xie et al. 2018",
    link="https://arxiv.org/abs/1711.01991",
    build=lambda classifier, smallest: Guarded(classifier, RandomResizePad(smallest)),
    gradient="random",
    random=True,
    knobs=(
        Number(
            name="smallest",
            default=0.9,
            low=0.5,
            high=1,
            title="Smallest size",
            help="The smallest side, as a share of the picture's own.",
        ),
    ),
)
