"""What is folded into what, what is left alone, and that a caller's network is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from gradients import gradient, seeded
from torch import Tensor, nn
from torch.nn import functional as F

from models.prepared import prepare


class Norms(nn.Module):
    """A convolution and its BatchNorm, put together by `way`."""

    def __init__(self, way: Callable[[Any, Tensor], Tensor], convolution: nn.Module | None = None) -> None:
        super().__init__()
        self.conv = convolution or nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        nn.init.uniform_(self.norm.weight, 0.5, 2)
        nn.init.uniform_(self.norm.bias, -1, 1)
        self.norm.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
        self.norm.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
        self.way = way
        self.eval().requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.way(self, pictures).flatten(1)


class Doubled(nn.Conv2d):
    """Does something else with its weights than `nn.Conv2d` does."""

    def forward(self, given: Tensor) -> Tensor:
        return self._conv_forward(given, self.weight / self.weight.norm(), self.bias)


FOLDABLE = {
    "in a row": lambda self, x: self.norm(self.conv(x)),
    "view of it": lambda self, x: self.norm(self.conv(x)) + x,
}
UNFOLDABLE = {
    "used beside": lambda self, x: self.norm(y := self.conv(x)) + y,
    "used detached": lambda self, x: self.norm(y := self.conv(x)) + y.detach(),
    "changed in place": lambda self, x: self.norm(self.conv(x).relu_()),
    "something between": lambda self, x: self.norm(self.conv(x).sigmoid()),
    "another weight": lambda self, x: self.norm(self.conv(x)) + F.conv2d(x, self.conv.weight, padding=1),
    "run twice": lambda self, x: self.norm(self.conv(self.conv(x))),
    "norm run twice": lambda self, x: self.norm(self.conv(x)) + self.norm(x),
    "joined first": lambda self, x: self.conv(self.norm(torch.cat([x[:, :1], x[:, 1:]], 1))),
    "norm first": lambda self, x: self.conv(self.norm(x)),
    "given back": lambda self, x: (self.norm(y := self.conv(x)), y)[1],
}


@pytest.mark.parametrize("way", FOLDABLE | UNFOLDABLE)
def test_only_a_norm_that_alone_sees_its_convolution_is_folded(way: str) -> None:
    network = Norms((FOLDABLE | UNFOLDABLE)[way])
    ready = prepare(network, seeded(1, 8))
    assert (not isinstance(ready.norm, nn.BatchNorm2d)) == (way in FOLDABLE)
    for one, other in zip(gradient(network, seeded(2, 8)), gradient(ready, seeded(2, 8)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["class", "parametrised", "hooked", "no statistics"])
def test_layers_that_do_more_are_left_alone(kind: str) -> None:
    network = Norms(FOLDABLE["in a row"], Doubled(3, 3, 3, padding=1) if kind == "class" else None)
    if kind == "parametrised":
        nn.utils.parametrizations.weight_norm(network.conv).eval().requires_grad_(False)
    if kind == "hooked":
        network.conv.register_forward_hook(lambda _, __, output: output + 1)
    if kind == "no statistics":
        network.norm = nn.BatchNorm2d(3, track_running_stats=False).eval().requires_grad_(False)
    ready = prepare(network, seeded(1, 8))
    assert isinstance(ready.norm, nn.BatchNorm2d)
    torch.testing.assert_close(network(seeded(2, 8)), ready(seeded(2, 8)), rtol=1e-4, atol=1e-5)


def test_a_callers_network_is_left_as_it_was() -> None:
    network = Norms(FOLDABLE["in a row"])
    before = {key: value.clone() for key, value in network.state_dict().items()}
    ready = prepare(network, seeded(1, 8))
    assert isinstance(network.norm, nn.BatchNorm2d)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert network.conv.weight.is_contiguous()
    assert not any(part.training for part in (*network.modules(), *ready.modules()))
    assert not any(one.requires_grad for one in (*network.parameters(), *ready.parameters()))
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in (*network.modules(), *ready.modules()))


@pytest.mark.parametrize("change", [lambda n: n.norm.train(), lambda n: n.conv.requires_grad_(True)])
def test_a_network_that_still_learns_is_refused_and_left_as_it_was(change: Callable[[Any], object]) -> None:
    network = Norms(FOLDABLE["in a row"])
    change(network)
    before = [part.training for part in network.modules()], [one.requires_grad for one in network.parameters()]
    with pytest.raises(ValueError, match=r"learns no more .* call eval\(\) and requires_grad_\(False\)"):
        prepare(network, seeded(1, 8))
    assert before == ([p.training for p in network.modules()], [one.requires_grad for one in network.parameters()])


def test_a_network_that_would_answer_otherwise_is_refused() -> None:
    network = Norms(lambda self, x: self.rows[1](self.rows[0](x)))
    network.rows = [network.conv, network.norm]  # not registered: no replacement of the norm reaches this list
    with pytest.raises(ValueError, match="Norms cannot be prepared: it would answer otherwise"):
        prepare(network, seeded(1, 8))


def test_what_a_class_calls_fuse_is_its_own_affair() -> None:
    class Own(nn.Conv2d):
        def fuse(self) -> None:
            raise AssertionError("nobody asked for this")

    prepare(Norms(FOLDABLE["in a row"], Own(3, 3, 3, padding=1)), seeded(1, 8))
