"""NIPS-r3, third place of the NIPS 2017 defence track: random distortions in front of an ensemble."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier, Ensemble
from models.defences.defence import Defence
from models.defences.ensembles import Collective, mean_logits
from models.defences.guard import normal, uniform
from models.defences.jpeg import Jpeg
from models.defences.knobs import Number

SHARE = 7 / 8  # what the distorted copy counts beside the JPEG copy, as in the entry's first network
SHIFT, ZOOM, SHEAR, NOISE = 0.02, 0.05, math.pi / 128, 2 / 255


class Distorted(Collective):
    """Each member's logits for a randomly rotated, sheared, shifted, zoomed and noisy copy, and for a JPEG of it.

    The published entry tunes distortion and weight to each of its four ImageNet networks; here every member gets the
    same: rotation by up to `angle` degrees, shift by 2 %, zoom by 5 %, shear by 1.4 degrees, noise of 2/255, bilinear
    with black outside; beside it a JPEG of quality 50 at an eighth of the weight. Every picture has its own draw.
    The members should be adversarially trained networks, as the entry's are.
    """

    def __init__(self, members: Sequence[Classifier], angle: float) -> None:
        super().__init__(members, mean_logits)
        self.angle = angle

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        ensemble = cast(Ensemble, self.network)
        matrices = torch.stack([self.matrix(generator) for _ in pixels]).to(pixels)
        grid = F.affine_grid(matrices, list(pixels.shape), align_corners=False)
        moved = F.grid_sample(pixels, grid, mode="bilinear", align_corners=False)
        noisy = (moved + NOISE * normal(pixels, generator)).clamp(0, 1)
        distorted = self.form(ensemble.look(noisy, generator), generator)
        return SHARE * distorted + (1 - SHARE) * self.form(ensemble.look(Jpeg(50)(pixels), generator), generator)

    def matrix(self, generator: torch.Generator | None = None) -> Tensor:
        """One random affine map `(2,3)` of the picture's own coordinates, which run from -1 to 1."""
        turn = math.radians(uniform(-self.angle, self.angle, generator))
        shear = uniform(-SHEAR, SHEAR, generator)
        across, down = uniform(1 - ZOOM, 1, generator), uniform(1 - ZOOM, 1, generator)
        # A picture is two units wide: a shift of 2 % is 0.04.
        right, below = uniform(-2 * SHIFT, 2 * SHIFT, generator), uniform(-2 * SHIFT, 2 * SHIFT, generator)
        cosine, sine = math.cos(turn), math.sin(turn)
        return torch.tensor(
            [
                [across * cosine, -down * math.sin(turn + shear), right],
                [across * sine, down * math.cos(turn + shear), below],
            ],
            device="cpu",
        )


ROW = Defence(
    name="nips-r3",
    title="Random distortions",
    sentence="Tilts, shifts and zooms the picture a little at random before several networks look at it together.",
    paper="Thomas and Elibol 2017",
    link="https://github.com/anlthms/nips-2017/tree/master/mmd",
    build=Distorted,
    gradient="random",
    random=True,
    several=True,
    made_of="robust",
    knobs=(Number(name="angle", default=4, low=0, high=45, title="Tilt", help="The largest rotation, in degrees."),),
)
