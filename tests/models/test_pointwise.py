"""Layers of single places: the same function, and who works it out on one thread."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from counting import itself, slope
from torch import Tensor, nn

from models.pointwise import Pointwise, sooner
from models.prepared import prepare


class Layer(nn.Module):
    """A layer, and as many logits as it has channels."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(**{"in_channels": 512, "out_channels": 128, "kernel_size": 1} | settings)
        self.eval().requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layer(pictures).sigmoid().square().mean((2, 3))


def pictures(plain: Layer, number: int) -> Tensor:
    return torch.rand(number, plain.layer.in_channels, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_logits_and_slopes_are_the_plain_layers(bias: bool, number: int) -> None:
    plain = Layer(bias=bias).double()
    given = pictures(plain, number).double()
    ready = prepare(plain, given[:1])
    assert isinstance(ready.layer, Pointwise)
    for wanted, found in zip(slope(itself, given, plain), slope(itself, given, ready), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.usefixtures("own_threads")
@pytest.mark.parametrize(
    ("channels", "by_onednn"),
    [
        ((512, 128), (True, True)),
        ((256, 256), (False, True)),  # torch's own limit: too few numbers of one picture
        ((512, 64), (False, True)),  # too little work for one
        ((64, 256), (False, True)),
        ((64, 240), (False, False)),
    ],
)
def test_onednn_gets_what_it_does_sooner(channels: tuple[int, int], by_onednn: tuple[bool, bool]) -> None:
    torch.set_num_threads(1)
    plain = Layer(in_channels=channels[0], out_channels=channels[1])
    ready = prepare(plain, pictures(plain, 1))
    for number, expected in zip((1, 2), by_onednn, strict=True):
        assert not asks_onednn(plain, pictures(plain, number))
        assert asks_onednn(ready, pictures(plain, number)) == expected


def asks_onednn(network: nn.Module, given: Tensor) -> bool:
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], acc_events=True) as seen:
        network(given)
    return "aten::mkldnn_convolution" in [event.key for event in seen.key_averages()]


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 3},
        {"stride": 2},
        {"dilation": 2},
        {"groups": 4},
        {"padding": 1},
        {"out_channels": 8},
    ],
    ids=str,
)
def test_others_stay_as_they_are(settings: dict[str, Any]) -> None:
    plain = Layer(**settings)
    assert not sooner(plain.layer, 64)
    assert type(prepare(plain, pictures(plain, 1)).layer) is nn.Conv2d


def test_no_weights_are_drawn() -> None:
    plain, before = Layer(), torch.random.get_rng_state()
    Pointwise(plain.layer, 64)
    assert torch.equal(torch.random.get_rng_state(), before)
