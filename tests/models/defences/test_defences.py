"""Every row of the table of defences: a classifier again, with words and gradients."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from standins import Recorder, put, small
from torch import Tensor
from torch.nn import functional as F

import models
from models.classifier import Classifier
from models.defences import DEFENCES, NINE, Defence, defend, judge

NAMES = list(DEFENCES)
# Guards whose gradient is the identity's, so that it must equal the bare network's at the guarded picture.
IDENTITY = ["jpeg", "bit-depth", "feature-distillation", "quantise-input", "halftone"]


def test_the_table_holds_what_the_project_promises() -> None:
    always = (
        "jpeg bit-depth median-smoothing random-resize-pad feature-distillation nips-r3 smoothing hgd comdefend nrp"
    )
    others = "quantise-input halftone quantise-weights quantise-activations softmax vote logits sem sween"
    assert {*always.split(), *others.split()} <= set(DEFENCES)


def test_the_papers_nine_are_nine_rows_of_the_table() -> None:
    assert set(NINE) <= set(DEFENCES)
    assert len(set(NINE)) == len(NINE) == 9
    assert {"hgd", "comdefend", "nrp"} <= set(NINE)


@pytest.mark.parametrize("defence", DEFENCES.values(), ids=NAMES)
def test_a_row_has_its_words(defence: Defence) -> None:
    assert DEFENCES[defence.name] is defence
    assert defence.title[0].isupper()
    assert defence.sentence.endswith(".")
    assert defence.link.startswith("https://")
    assert defence.paper[-4:].isdigit()
    assert defence.gradient in ("exact", "straight-through", "random")
    assert defence.random or defence.gradient != "random"
    for knob in defence.knobs:
        assert knob.title
        assert knob.help.endswith(".")
        assert knob.check(knob.default) == knob.default


@pytest.mark.parametrize("name", NAMES)
def test_a_defended_network_is_a_classifier_again(name, network, pixels) -> None:
    defended = put(name, network)
    logits = defended(pixels)
    assert isinstance(defended, Classifier)
    assert defended.labels == network.labels
    assert defended.random == DEFENCES[name].random
    if not DEFENCES[name].several:
        assert defended.card is network.card
    assert logits.shape == (2, 64)
    assert logits.dtype == pixels.dtype
    assert logits.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_way_back_to_the_old_mode_leaves_a_network_as_it_was(name) -> None:
    inside = small(1).eval()
    defended = defend(name, [inside] if DEFENCES[name].several else inside)
    mode = defended.training
    defended.eval()
    defended.train(mode)
    assert not inside.training
    assert not any(part.training for part in inside.modules())


@pytest.mark.parametrize("name", NAMES)
def test_the_packs_own_networks_can_be_defended(name, pixels) -> None:
    jury = [models.load("tiny/resnet"), models.load("tiny/convnext")]
    defended = defend(name, jury if DEFENCES[name].several else jury[1])
    assert judge(defended, pixels, 2).probabilities.sum(1).tolist() == pytest.approx([1, 1], abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_reaches_every_picture(name, network, pixels) -> None:
    pixels.requires_grad_()
    logits = put(name, network)(pixels)
    F.cross_entropy(logits, logits.argmax(1)).backward()
    assert pixels.grad is not None
    assert pixels.grad.isfinite().all()
    assert (pixels.grad.flatten(1).abs().sum(1) > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_value_does_not_depend_on_whether_a_gradient_is_wanted(name, network, pixels) -> None:
    defended = put(name, network)
    defended.generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        plain = defended(pixels)
    defended.generator = torch.Generator().manual_seed(1)
    torch.testing.assert_close(defended(pixels.requires_grad_()).detach(), plain)


@pytest.mark.parametrize("name", IDENTITY)
def test_straight_through_is_the_identity_gradient(name, network, pixels) -> None:
    guarded = defend(name, network)
    changed = guarded.guard(pixels, None).requires_grad_()
    pixels.requires_grad_()
    torch.testing.assert_close(guarded.guard(pixels, None).detach(), changed.detach(), atol=0, rtol=0)
    wanted = torch.autograd.grad(network(changed)[:, 0].sum(), changed)[0]
    torch.testing.assert_close(torch.autograd.grad(guarded(pixels)[:, 0].sum(), pixels)[0], wanted)


@pytest.mark.parametrize(("name", "settings"), [("quantise-input", {"bits": 1}), ("halftone", {})])
@pytest.mark.parametrize("crop", [1.0, 0.875])
def test_what_the_network_sees_has_two_levels_at_whatever_size_the_picture_comes(name, settings, crop, pixels) -> None:
    seen: list[Tensor] = []

    def network(fitted: Tensor) -> Tensor:
        seen.append(fitted)
        return fitted.flatten(1)[:, :2]

    inside = Classifier(Recorder(network), ["one", "two"], size=32, crop=crop, mean=(0, 0, 0), std=(1, 1, 1))
    defend(name, inside, **settings)(pixels[:1])
    assert seen[0].shape[-2:] == (32, 32)
    assert len(seen[0].unique()) == 2


@pytest.mark.parametrize("name", ["quantise-weights", "quantise-activations"])
def test_the_classifier_in_the_cache_is_left_as_it_was(name, network, pixels) -> None:
    before = network(pixels)
    defended = put(name, network, bits=2)
    assert not torch.equal(defended(pixels), before)
    assert torch.equal(network(pixels), before)


@pytest.mark.parametrize("name", NAMES)
def test_a_defended_network_can_be_pickled(name, network, pixels) -> None:
    defended = put(name, network)
    again = pickle.loads(pickle.dumps(defended))
    looks = [one.look(pixels, torch.Generator().manual_seed(3)) for one in (defended, again)]
    assert torch.equal(*looks)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [None, 3])
def test_another_default_device_is_nobodys_business(name, network, pixels, seed) -> None:
    defended = put(name, network)
    torch.set_default_device("meta")
    try:
        logits = defended.look(pixels, None if seed is None else torch.Generator("cpu").manual_seed(seed))
        logits.sum().item()
    finally:
        torch.set_default_device(None)


def test_double_precision_passes(network, pixels) -> None:
    double = copy.deepcopy(network).double()
    for name in NAMES:
        defended = defend(name, [double] if DEFENCES[name].several else double)
        assert defended(pixels.double()).dtype == torch.float64, name
