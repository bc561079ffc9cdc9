"""Input transformations: what the surrogates are shown while the attack asks for gradients.

Any of them, in any order, goes with any attack that takes gradients: DI and SI are linear and commute, TI
filters the gradient afterwards. Everything is drawn once an iteration, one draw for the whole batch, so that
a picture's result never depends on its neighbours, and a loop within an iteration sees the same views throughout.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.views import Transform, View

SHRINK = 330 / 299  # Xie et al. pad pictures of 299 to 330 pixels
CHANCE = 0.5
COPIES = 5
KERNEL_RADIUS = 3
KERNEL_DEVIATIONS = 3  # how many standard deviations from the kernel's middle to its edge


def _diverse(like: Tensor, generator: torch.Generator) -> tuple[View, ...]:
    """With probability 1/2, the picture at 1/1.1 to 1 of its side, somewhere on black (Xie et al. 2019, Eq. 4).

    The paper enlarges to between 1 and 1.1 and pads to 1.1 times the side; surrogates may insist on their side,
    so the same framing is drawn at the side the picture has.
    """
    coin, size, down, right = torch.rand(4, generator=generator, dtype=torch.float64, device="cpu").tolist()
    height, width = like.shape[-2:]
    rows, columns = (_side(side, size) for side in (height, width))
    top, left = int(down * (height - rows + 1)), int(right * (width - columns + 1))
    around = (left, width - columns - left, top, height - rows - top)

    def view(pictures: Tensor) -> Tensor:
        if coin >= CHANCE:
            return pictures
        smaller = F.interpolate(pictures, size=(rows, columns), mode="bilinear", align_corners=False)
        return F.pad(smaller, around)

    return (view,)


def _side(side: int, chance: float) -> int:
    smallest = max(1, round(side / SHRINK))
    return smallest + int(chance * (side - smallest + 1))


def _scales(like: Tensor, generator: torch.Generator) -> tuple[View, ...]:
    """x / 2^i for i = 0 … 4 (Lin et al. 2020, Eq. 8)."""

    def scaled(factor: float) -> View:
        return lambda pictures: pictures * factor

    return tuple(scaled(0.5**i) for i in range(COPIES))


def _blur(gradient: Tensor) -> Tensor:
    """The gradient convolved with a Gaussian of 7 × 7 (Dong et al. 2019, Eq. 8), zero beyond the edge."""
    span = torch.linspace(-KERNEL_DEVIATIONS, KERNEL_DEVIATIONS, 2 * KERNEL_RADIUS + 1, device="cpu").to(gradient)
    line = torch.exp(-(span**2) / 2)
    line = line / line.sum()
    channels = gradient.shape[1]
    down = line.view(1, 1, -1, 1).expand(channels, 1, -1, 1)
    across = line.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
    blurred = F.conv2d(gradient, down, padding=(KERNEL_RADIUS, 0), groups=channels)
    return F.conv2d(blurred, across, padding=(0, KERNEL_RADIUS), groups=channels)


TRANSFORMS: dict[str, Transform] = {
    "di": Transform(
        title="Diverse inputs",
        sentence="Half of the time, shows the surrogates a slightly smaller picture at a random place.",
        paper="Xie et al. 2019",
        link="https://arxiv.org/abs/1803.06978",
        draw=_diverse,
    ),
    "ti": Transform(
        title="Translation invariance",
        sentence="Blurs the gradient, as if it had been averaged over shifted pictures.",
        paper="Dong et al. 2019",
        link="https://arxiv.org/abs/1904.02884",
        smooth=_blur,
    ),
    "si": Transform(
        title="Scale invariance",
        sentence="Averages the gradient over five copies, each half as bright as the one before.",
        paper="Lin et al. 2020",
        link="https://arxiv.org/abs/1908.06281",
        views=COPIES,
        draw=_scales,
    ),
}
