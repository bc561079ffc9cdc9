"""Prepared networks: the same function as the plain ones, and what cannot be folded is left alone."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
from families import families
from torch import Tensor, nn
from torch.nn import functional as F

import models
from models import loading
from models.classifier import Classifier
from models.defences import defend
from models.prepared import WIDE, prepare
from models.weights.cache import Cache


def inside(name: str, prepared: bool) -> tuple[nn.Module, int]:
    """The network alone, and the side that it wants."""
    loaded = models.load(name, prepared=prepared)
    inner = next(part for part in loaded.modules() if type(part) is Classifier)
    assert inner.size is not None
    return inner.network, inner.size


def gradient(network: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Logits, and the gradient of the loss of each picture's second class."""
    given = pictures.clone().requires_grad_()
    logits = network(given)
    loss = F.cross_entropy(logits, torch.ones(len(given), dtype=torch.long), reduction="sum")
    return logits.detach(), torch.autograd.grad(loss, given)[0]


def seeded(count: int, side: int) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))


@pytest.mark.slow
@pytest.mark.parametrize("name", families())
def test_logits_and_gradients_are_the_plain_networks(name: str) -> None:
    plain, side = inside(name, prepared=False)
    pictures = seeded(2, side).double()
    exact = copy.deepcopy(plain).double()
    wanted, found = gradient(exact, pictures), gradient(prepare(exact, pictures[:1]), pictures)
    for one, other in zip(wanted, found, strict=True):
        assert (one - other).norm() <= 1e-10 * one.norm()


@pytest.fixture
def smooth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks without kinks: where a ReLU's input or a maximum is a tie, rounding alone decides the gradient.

    They are made, and recorded, for this test alone.
    """
    monkeypatch.setattr(loading, "_cache", Cache(loading.MEMORY_LIMIT))

    def silu(given: Tensor, *_: Any, **__: Any) -> Tensor:
        return F.silu(given)

    def mean(given: Tensor, size: Any, stride: Any = None, padding: Any = 0, *_: Any, **named: Any) -> Tensor:
        return F.avg_pool2d(given, size, stride, padding, named.get("ceil_mode", False))

    for name in ("relu", "relu6", "hardtanh"):
        monkeypatch.setattr(F, name, silu)
    monkeypatch.setattr(F, "max_pool2d", mean)


@pytest.mark.slow
@pytest.mark.usefixtures("smooth")
@pytest.mark.parametrize("name", families())
def test_single_precision_errs_no_further_than_the_plain_network(name: str) -> None:
    plain, side = inside(name, prepared=False)
    ready, _ = inside(name, prepared=True)
    pictures = seeded(3, side)
    _, exact = gradient(copy.deepcopy(plain).double(), pictures.double())
    errors = []
    for network in (plain, ready):
        _, found = gradient(network, pictures)
        errors.append(((found - exact).flatten(1).norm(dim=1) / exact.flatten(1).norm(dim=1)).median())
    assert 0 < errors[1] <= 2 * errors[0] < 1e-4


@pytest.mark.parametrize("name", families())
def test_a_picture_alone_has_the_gradient_that_it_has_in_company(name: str) -> None:
    """XCiT's plain network fails here: torch 2.11's BatchNorm errs on the CPU for one picture, a view as gradient."""
    ready, side = inside(name, prepared=True)
    network, pictures = copy.deepcopy(ready).double(), seeded(2, side).double()
    _, together = gradient(network, pictures)
    _, alone = gradient(network, pictures[:1])
    assert (alone - together[:1]).norm() <= 1e-10 * alone.norm()


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


@pytest.mark.parametrize(("side", "spread"), [(28, (2, 2)), (27, (1, 1))])
def test_a_wide_map_of_single_places_is_given_to_onednn(side: int, spread: tuple[int, int]) -> None:
    assert WIDE == 28**2
    network = Norms(lambda self, x: self.norm(self.conv(x)), nn.Conv2d(3, 3, 1))
    pictures = seeded(2, side)
    ready = prepare(network, pictures[:1])
    assert (ready.conv.dilation, network.conv.dilation) == (spread, (1, 1))
    for one, other in zip(gradient(network, pictures), gradient(ready, pictures), strict=True):
        torch.testing.assert_close(one, other)
    kept = prepare(Norms(lambda self, x: self.norm(self.conv(x))), pictures[:1])
    assert kept.conv.dilation == (1, 1), "of more places than one it would be another convolution"


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


def test_blocks_of_timm_take_their_plain_form() -> None:
    for name in ("repvgg_a0", "mobileone_s0"):
        network = timm.create_model(name, num_classes=4).eval().requires_grad_(False)
        ready = prepare(network, seeded(1, 64))
        assert len(list(ready.modules())) < len(list(network.modules()))
        assert not [part for part in ready.modules() if isinstance(part, nn.BatchNorm2d)]
        torch.testing.assert_close(ready(seeded(2, 64)), network(seeded(2, 64)), rtol=1e-3, atol=1e-4)


def test_what_a_class_calls_fuse_is_its_own_affair() -> None:
    class Own(nn.Conv2d):
        def fuse(self) -> None:
            raise AssertionError("nobody asked for this")

    prepare(Norms(FOLDABLE["in a row"], Own(3, 3, 3, padding=1)), seeded(1, 8))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tiny/resnet", "tiny/resnet-q2"])
@pytest.mark.parametrize("defence", ["quantise-weights", "quantise-activations"])
def test_coarse_networks_are_made_of_the_weights_that_were_learned(name: str, defence: str) -> None:
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    wanted = defend(defence, models.load(name, prepared=False))(pictures)
    for given in (models.load(name), copy.deepcopy(models.load(name)), pickle.loads(pickle.dumps(models.load(name)))):
        assert torch.equal(defend(defence, given)(pictures), wanted)
    double = defend(defence, copy.deepcopy(models.load(name)).double())
    assert double(pictures.double()).dtype == torch.float64


def test_weights_that_somebody_changed_are_the_ones_made_coarse() -> None:
    changed = copy.deepcopy(models.load("tiny/resnet"))
    for parameter in changed.parameters():
        parameter.data.mul_(0)
    assert not defend("quantise-weights", changed)(torch.rand(1, 3, 64, 64)).any()
