"""Loading: every card loads, a damaged or missing file is named with its cure, good loads go on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import models
from models import loading, recordings
from models.classifier import Classifier
from models.defences import defend
from models.defences.guard import Guarded
from models.loading import expect_attack
from models.packs import PACKS
from models.weights.cache import Cache

SHIPPED = [name for pack in PACKS.values() if pack.shipped for name in models.names(pack.name)]


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_cache", Cache(2**30))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_every_card_loads_and_answers(name: str) -> None:
    classifier = models.load(name)
    assert classifier.card is models.CARDS[name]
    assert not classifier.training
    assert not any(parameter.requires_grad for parameter in classifier.parameters())
    logits = classifier(torch.rand(2, 3, 64, 64))
    assert logits.shape == (2, 64)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown classifier 'tiny/resnett': use one of tiny/resnet,"):
        models.load("tiny/resnett")
    for device in ("gpu", "mps", "meta", 7.5):
        with pytest.raises(ValueError, match=f"Unknown device {device!r}: use cpu, cuda or cuda:0"):
            models.load("tiny/resnet", device)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Unknown pack 'huge': use one of tiny"):
        models.names("huge")


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped"])
def test_a_bad_file_is_named_with_its_cure_and_the_next_load_works(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = models.CARDS["tiny/regnet"]
    content = bytearray(card.weights.read_bytes())
    file = tmp_path / "regnet.safetensors"
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[-1] ^= 1
        file.write_bytes(content)
    monkeypatch.setitem(models.CARDS, card.name, dataclasses.replace(card, weights=file))
    with pytest.raises(models.WeightsError, match=r"regnet\.safetensors .*(read|damaged).*(Download|restore)"):
        models.load(card.name)
    monkeypatch.setitem(models.CARDS, card.name, card)
    assert models.load(card.name)(torch.rand(1, 3, 64, 64)).isfinite().all()


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(
    "change",
    [
        lambda network: network.double(),
        lambda network: network.train(),
        lambda network: network.network.train(),
        lambda network: network.requires_grad_(True),
        lambda network: setattr(network, "generator", torch.Generator()),
    ],
    ids=["double", "train", "train inside", "thaw", "generator"],
)
def test_a_network_that_somebody_changed_is_not_handed_to_others(change: Callable[[Classifier], object]) -> None:
    first = models.load("tiny/resnet")
    assert models.load("tiny/resnet") is first
    change(first)
    second = models.load("tiny/resnet")
    assert second is not first
    assert second(torch.rand(1, 3, 64, 64)).dtype == torch.float32
    assert not second.training
    assert models.load("tiny/resnet") is second


@pytest.mark.usefixtures("empty_cache")
def test_who_will_be_attacked_can_be_recorded_at_once() -> None:
    classifier = models.load("tiny/resnet")
    expect_attack(classifier)
    assert recordings._recorded[classifier.network].plays[False] is not None
    expect_attack(models.load("tiny/resnet", prepared=False))


@pytest.mark.usefixtures("empty_cache")
def test_loading_leaves_no_trace() -> None:
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    with torch.inference_mode():
        classifier = models.load("tiny/densenet")
        defended = defend("hgd", classifier)
    assert torch.equal(before, torch.random.get_rng_state())
    pixels = torch.rand(1, 3, 64, 64).requires_grad_()
    defended(pixels).sum().backward()
    assert pixels.grad is not None


@pytest.mark.usefixtures("empty_cache")
def test_weights_of_another_network_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    card, other = models.CARDS["tiny/resnet"], models.CARDS["tiny/regnet"]
    swapped = dataclasses.replace(card, weights=other.weights, sha256=other.sha256)
    monkeypatch.setitem(models.CARDS, card.name, swapped)
    with pytest.raises(models.WeightsError, match="does not fit the network resnet18"):
        models.load(card.name)


@pytest.mark.parametrize("name", [name for name, card in models.CARDS.items() if card.guard])
def test_a_network_trained_behind_a_guard_always_looks_through_it(name: str) -> None:
    classifier = models.load(name)
    assert isinstance(classifier, Guarded)
    pixels = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    seen = classifier.guard(pixels, None)
    assert not torch.allclose(seen, pixels)
    assert torch.allclose(classifier(pixels), classifier.classifier(seen))
    assert classifier.card is models.CARDS[name]
