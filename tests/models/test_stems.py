"""First layers as convolutions of more channels: the same function, and only where that pays."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from counting import itself, slope
from torch import Tensor, nn

from models.prepared import prepare
from models.stems import Unshuffled, better


class First(nn.Module):
    """A first layer, and as many logits as it has channels."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.layer = nn.Conv2d(**{"in_channels": 3, "out_channels": 5, "kernel_size": 7, "stride": 2} | settings)
        self.eval().requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layer(pictures).sigmoid().square().mean((2, 3))


@pytest.mark.parametrize("shape", [(16, 16), (15, 18), (9, 8)])
@pytest.mark.parametrize(
    "settings",
    [
        {"padding": 3},
        {"padding": (0, 2), "bias": False},
        {"kernel_size": 4, "stride": 4},
        {"kernel_size": 5, "stride": 3, "padding": 1},
        {"in_channels": 1, "kernel_size": 8, "stride": 8},
    ],
    ids=str,
)
def test_logits_and_slopes_are_the_plain_layers(settings: dict[str, Any], shape: tuple[int, int]) -> None:
    plain = First(**settings).double()
    pictures = torch.rand(2, plain.layer.in_channels, *shape, generator=torch.Generator().manual_seed(0)).double()
    ready = prepare(plain, pictures[:1])
    assert isinstance(ready.layer, Unshuffled)
    for wanted, found in zip(slope(itself, pictures, plain), slope(itself, pictures, ready), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 3},
        {"stride": 1},
        {"stride": (2, 1)},
        {"kernel_size": (7, 5)},
        {"dilation": 2},
        {"groups": 3, "out_channels": 6},
        {"in_channels": 8},
        {"padding": 3, "padding_mode": "reflect"},
        {"stride": 1, "padding": "same"},
    ],
    ids=str,
)
def test_others_stay_as_they_are(settings: dict[str, Any]) -> None:
    plain = First(**settings)
    assert not better(plain.layer)
    ready = prepare(plain, torch.rand(1, plain.layer.in_channels, 16, 16))
    assert type(ready.layer) is nn.Conv2d


def test_no_weights_are_drawn() -> None:
    plain, before = First(), torch.random.get_rng_state()
    Unshuffled(plain.layer)
    assert torch.equal(torch.random.get_rng_state(), before)
