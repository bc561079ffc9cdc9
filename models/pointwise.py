"""1 × 1 convolutions, on one thread given to whichever library is sooner."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

ALONE, SEVERAL = 4e6, 1e6
"""Multiplications for a picture, from which on oneDNN is sooner than torch's own way: for one picture, and for more,
where its weights are brought in order only once."""
LEAST = 20_480
"""Numbers of a single picture, above which torch gives it to oneDNN at all."""


class Pointwise(nn.Conv2d):
    """Does what a 1 × 1 convolution did, and may call itself dilated.

    Of one place there is nothing to be spread, but on one thread torch gives those of few pictures to its own slow way,
    unless they are dilated.
    """

    def __init__(self, convolution: nn.Conv2d, places: int) -> None:
        super().__init__(
            convolution.in_channels,
            convolution.out_channels,
            1,
            bias=convolution.bias is not None,
            device="meta",  # draws no weights
        )
        self.weight, self.bias = convolution.weight, convolution.bias
        self.spread = _spread(convolution, places)

    def forward(self, input: Tensor) -> Tensor:
        return F.conv2d(input, self.weight, self.bias, dilation=1 + self.spread[len(input) > 1])


def sooner(convolution: nn.Conv2d, places: int) -> bool:
    """Whether it is such a layer, on a processor, and gains on a map of so many places."""
    return (
        type(convolution) is nn.Conv2d
        and convolution.weight.device.type == "cpu"
        and convolution.kernel_size == convolution.stride == convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.padding in ((0, 0), "valid", "same")
        and any(_spread(convolution, places))
    )


def _spread(convolution: nn.Conv2d, places: int) -> tuple[bool, bool]:
    """Whether oneDNN is sooner for one picture, and for several."""
    numbers = places * convolution.in_channels
    work = numbers * convolution.out_channels
    return work >= ALONE and numbers > LEAST, work >= SEVERAL
