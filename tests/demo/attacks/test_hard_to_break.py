"""Every recipe on what breaks attacks in silence: a right answer, or a sentence."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from small import CLASSES, SIDE, jury, linear, pictures, smooth, verdicts
from torch import Tensor, nn

from demo.attacks import RECIPES, craft
from demo.attacks.driver import _finite

IMAGES = pictures(3)
ASKING = [name for name, recipe in RECIPES.items() if recipe.idea == "ask"]
DIFFERENTIATING = [name for name in RECIPES if name not in ASKING]


def attacked(name: str, surrogates: Any, images: Tensor = IMAGES, labels: Tensor | None = None, **more: Any) -> Tensor:
    knobs = {"queries": 120} if name in ASKING else {}
    labels = verdicts(jury(2), images.double().contiguous()) if labels is None else labels
    return craft(name, surrogates, images, labels, **{"epsilon": 16 / 255, "steps": 4, "seed": 1, **knobs, **more})


class Changed(nn.Module):
    """A good network with something wrong behind it."""

    def __init__(self, network: nn.Module, change: Any) -> None:
        super().__init__()
        self.network, self.change = network, change

    def forward(self, images: Tensor) -> Tensor:
        return self.change(self.network(images))


class Before(Changed):
    def forward(self, images: Tensor) -> Tensor:
        return self.network(self.change(images))


def spoilt(value: float) -> Any:
    return lambda logits: torch.where(torch.arange(CLASSES) == 2, value, logits)


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=r"The logits of surrogate 2 \(Changed\) are not finite"):
        attacked(name, [smooth(0), Changed(smooth(1), spoilt(value))])


@pytest.mark.parametrize("name", RECIPES)
def test_damaged_weights_are_refused_too(name: str) -> None:
    damaged = smooth(1)
    with torch.no_grad():
        damaged[0].weight[0] = torch.nan
    with pytest.raises(ValueError, match="damaged weights"):
        attacked(name, [smooth(0), damaged])


def cut(network: nn.Module) -> nn.Module:
    return Changed(network, lambda logits: logits[:, :-1])


def masked(network: nn.Module) -> nn.Module:
    return Changed(network, lambda logits: logits.index_fill(1, torch.tensor([logits.shape[1] - 1]), -torch.inf))


FUSED = [name for name, recipe in RECIPES.items() if any(knob.name == "fusion" for knob in recipe.knobs)]
EVERY_FUSION = [(name, {}) for name in RECIPES if name not in FUSED]
EVERY_FUSION += [(name, {"fusion": fusion}) for name in FUSED for fusion in ("logits", "predictions", "losses")]
EVERY_FUSION += [("mora", {"mode": mode, "sweep": True}) for mode in ("softmax", "voting", "logits")]
EVERY_WAY = [(*one, False) for one in EVERY_FUSION]
EVERY_WAY += [(*one, True) for one in EVERY_FUSION if not RECIPES[one[0]].untargeted_because]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "more", "targeted"), EVERY_WAY, ids=str)
def test_a_class_that_is_switched_off_is_as_good_as_cut_off(name: str, more: dict[str, Any], targeted: bool) -> None:
    networks = [smooth(seed, CLASSES + 1) for seed in range(2)]  # APGD-DLR for a target takes four others than it
    labels = verdicts([cut(network) for network in networks], IMAGES)
    labels = (labels + 1) % CLASSES if targeted else labels
    options = {"labels": labels, "targeted": targeted, **more}
    without = attacked(name, [cut(network) for network in networks], **options)
    found = attacked(name, [masked(network) for network in networks], **options)
    assert not torch.equal(without, IMAGES)
    torch.testing.assert_close(found, without, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", RECIPES)
def test_a_label_that_is_switched_off_is_refused(name: str) -> None:
    labels = torch.full((3,), CLASSES - 1)
    with pytest.raises(ValueError, match=rf"Class {CLASSES - 1} is switched off \(-inf\) in surrogate 2"):
        attacked(name, [smooth(0), masked(smooth(1))], labels=labels)


CUT_OFF = {
    "rounds": lambda network: Before(network, lambda images: (images * 15).round() / 15),
    "detaches": lambda network: Before(network, torch.Tensor.detach),
    "detaches behind": lambda network: Changed(network, torch.Tensor.detach),
    "without a graph": lambda network: torch.no_grad()(network),
    "without a trace": lambda network: torch.inference_mode()(network),
}


@pytest.mark.parametrize("name", DIFFERENTIATING)
@pytest.mark.parametrize("way", CUT_OFF)
@pytest.mark.parametrize("others", [0, 1])
def test_who_gives_no_gradient_is_refused_by_name(name: str, way: str, others: int) -> None:
    surrogates = [smooth(k) for k in range(others)] + [CUT_OFF[way](smooth(7))]
    if len(surrogates) < RECIPES[name].members:
        surrogates.insert(0, smooth(0))
    with pytest.raises(ValueError, match=f"surrogate {len(surrogates)} .* carry no gradient back to the pictures"):
        attacked(name, surrogates, labels=verdicts([smooth(7)], IMAGES))


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("way", CUT_OFF)
def test_who_only_asks_needs_none(name: str, way: str) -> None:
    assert not torch.equal(attacked(name, [smooth(0), CUT_OFF[way](smooth(7))]), IMAGES)


BY_MARGINS = ("cw", "apgd-dlr", "deepfool")


def sure(scale: float) -> nn.Module:
    """So sure of class 0 that nothing is left of the others in single precision."""
    network = linear(3, scale=0.05).float()
    with torch.no_grad():
        network.offset[0] += 4
        network.slope *= scale
        network.offset *= scale
    return network


@pytest.mark.parametrize("name", [name for name in DIFFERENTIATING if name not in ("mora", *BY_MARGINS)])
def test_a_vanished_gradient_is_told_and_what_to_try(name: str) -> None:
    images = IMAGES.float() * 0.1 + 0.45
    with pytest.warns(UserWarning, match=r"urrogate 2 \(LinearNet\) is so sure of 3 of 3 .* margins \(cw, apgd-dlr"):
        attacked(name, [linear(0).float(), sure(1000)], images, torch.zeros(3, dtype=torch.int64))


@pytest.mark.parametrize("name", BY_MARGINS)
def test_what_is_recommended_then_works(name: str) -> None:
    images = IMAGES.float() * 0.1 + 0.45
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = attacked(name, [sure(1000)], images, torch.zeros(3, dtype=torch.int64))
    assert not torch.equal(found, images)


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_is_told_of_good_networks(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        attacked(name, jury(3))


def normed(seed: int) -> nn.Module:
    """A network that behaves otherwise in training, and has seen some."""
    network = smooth(seed)
    network.insert(1, nn.BatchNorm2d(4).double())
    network.insert(3, nn.Dropout(0.5))
    network.train()
    network(pictures(8, seed=9))
    return network


@pytest.mark.parametrize("name", RECIPES)
def test_a_network_in_training_is_attacked_as_it_would_judge(name: str) -> None:
    networks = [normed(seed) for seed in range(2)]
    states = [{key: value.clone() for key, value in network.state_dict().items()} for network in networks]
    found = attacked(name, networks)
    for network, state in zip(networks, states, strict=True):
        assert all(part.training for part in network.modules())
        assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    assert torch.equal(found, attacked(name, [network.eval() for network in networks]))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_compiled_networks_give_what_they_give_uncompiled(name: str) -> None:
    networks = [smooth(seed) for seed in range(2)]
    compiled = [torch.compile(network, backend="aot_eager") for network in networks]
    torch.testing.assert_close(attacked(name, compiled), attacked(name, networks), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", DIFFERENTIATING)
def test_networks_of_inference_mode_are_refused(name: str) -> None:
    with torch.inference_mode():
        network = smooth(1)
    with pytest.raises(ValueError, match=r"surrogate 2 \(Sequential\) were made inside torch.inference"):
        attacked(name, [smooth(0), network])


@pytest.mark.parametrize("name", RECIPES)
def test_the_way_numbers_lie_in_memory_is_nobodys_business(name: str) -> None:
    lying = IMAGES.to(memory_format=torch.channels_last)
    assert not lying.is_contiguous()
    torch.testing.assert_close(attacked(name, jury(2), lying), attacked(name, jury(2)), rtol=0, atol=1e-9)


@contextlib.contextmanager
def default_device(device: str) -> Iterator[None]:
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_another_default_device_changes_nothing(name: str) -> None:
    known = {knob.name for knob in RECIPES[name].knobs}
    more = {"transforms": ("di", "ti", "si")} if "transforms" in known else {}
    networks, labels = jury(2), verdicts(jury(2), IMAGES)
    expected = attacked(name, networks, labels=labels, **more)
    with default_device("meta"):
        assert torch.equal(attacked(name, networks, labels=labels, **more), expected)


@pytest.mark.parametrize("name", RECIPES)
def test_half_precision_inside_is_read_in_the_pictures_own(name: str) -> None:
    halves = [Changed(smooth(seed), lambda logits: logits.bfloat16()) for seed in range(2)]
    found = attacked(name, halves)
    assert found.dtype == torch.float64
    assert not torch.equal(found, IMAGES)


@pytest.mark.parametrize("name", RECIPES)
def test_both_precisions_are_taken_and_kept(name: str) -> None:
    singles = [network.float() for network in jury(2)]
    assert attacked(name, singles, IMAGES.float()).dtype == torch.float32
    with pytest.raises(ValueError, match="use float32 or float64"):
        attacked(name, [network.half() for network in jury(2)], IMAGES.half())


@pytest.mark.parametrize("name", RECIPES)
def test_whole_numbers_are_no_logits(name: str) -> None:
    with pytest.raises(ValueError, match=r"logits as fractions; one gave torch.int64"):
        attacked(name, [smooth(0), Changed(smooth(1), lambda logits: logits.long())])


def test_an_infinite_slope_is_refused() -> None:
    def rooted(images: Tensor) -> Tensor:
        return images.clamp(min=0).flatten(1).sqrt() @ torch.ones(3 * SIDE * SIDE, CLASSES, dtype=torch.float64).cumsum(
            1
        )

    with pytest.raises(ValueError, match="gradient is not finite at iteration 0"):
        attacked("i-fgsm", [rooted], torch.zeros_like(IMAGES), torch.zeros(3, dtype=torch.int64))


@pytest.mark.parametrize(
    ("direction", "finite"),
    [([1e308, 1e308], True), ([1.0, float("nan")], False), ([float("inf"), float("-inf")], False)],
)
def test_what_no_picture_can_be_made_of_is_seen_in_one_sum(direction: list[float], finite: bool) -> None:
    assert _finite(torch.tensor(direction, dtype=torch.float64)) == finite
