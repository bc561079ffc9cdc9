"""Every recipe on what breaks attacks in silence: a right answer, or a sentence."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from every import ASKING, DIFFERENTIATING, IMAGES, Changed, attacked
from small import CLASSES, SIDE, jury, linear, smooth, verdicts
from torch import Tensor, nn

from demo.attacks import RECIPES
from demo.attacks.driver import _finite


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
    with pytest.warns(UserWarning, match=r"urrogate 2 \(LinearNet\) is so sure of what .* margins \(cw, apgd-dlr"):
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
