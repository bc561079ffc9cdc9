"""The first layer of a network: a convolution of three channels that strides, as one of many that does not."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 4
"""Up to which a layer sees pictures: registers of eight numbers stay half empty on the way back."""
SIDE = 4
"""From which side of the kernel on it pays; below, too much of the new kernel is zeros."""


class Unshuffled(nn.Conv2d):
    """Does what a convolution with stride s did: each s × s places of its input become s² times as many channels of
    one place (`pixel_unshuffle`), and its kernel, filled up with zeros to a multiple of s, is cut up likewise.

    The way back is what gains, most where kernels do not overlap, as in a vision transformer's patches.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        (stride, _), (side, _) = convolution.stride, convolution.kernel_size
        blocks = -(-side // stride)
        super().__init__(
            convolution.in_channels * stride**2,
            convolution.out_channels,
            blocks,
            bias=convolution.bias is not None,
            device="meta",  # draws no weights
        )
        filled = F.pad(convolution.weight.detach(), (0, blocks * stride - side) * 2)
        self.weight = nn.Parameter(F.pixel_unshuffle(filled, stride), requires_grad=False)
        self.bias = convolution.bias
        self.was = stride, side, cast(tuple[int, int], convolution.padding)

    def forward(self, input: Tensor) -> Tensor:
        stride, side, padding = self.was
        margins: list[int] = []  # the last axis first
        for length, before in zip(input.shape[:1:-1], padding[::-1], strict=True):
            places = (length + 2 * before - side) // stride
            margins += [before, (places + self.kernel_size[0]) * stride - length - before]
        seen = F.pixel_unshuffle(F.pad(input, margins), stride)
        return super().forward(seen.contiguous(memory_format=torch.channels_last))


def better(convolution: nn.Conv2d) -> bool:
    """Whether it is such a layer, on a processor, and gains."""
    return (
        type(convolution) is nn.Conv2d
        and convolution.weight.device.type == "cpu"
        and convolution.in_channels <= CHANNELS
        and convolution.groups == 1
        and convolution.dilation == (1, 1)
        and convolution.stride[0] == convolution.stride[1] > 1
        and convolution.kernel_size[0] == convolution.kernel_size[1] >= SIDE
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
    )
