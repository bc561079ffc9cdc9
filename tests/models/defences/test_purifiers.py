"""The learned purifiers: always in the table; a missing or damaged file is a sentence with its cure."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

import models
from models.classifier import Classifier
from models.defences import DEFENCES, defend, purifiers
from models.defences.comdefend import ComDefend
from models.defences.hgd import Denoiser
from models.defences.nrp import Purifier
from models.defences.purifiers import builder
from models.training.architectures import PURIFIERS

ARGUMENTS = {"hgd": "{ widths = [4, 8, 8] }", "comdefend": "{ widths = [4, 8] }", "nrp": "{ width = 4, growth = 2 }"}


@pytest.fixture
def classifier() -> Classifier:
    return Classifier(nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten()), [str(index) for index in range(12)])


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(2, 3, 20, 28, generator=torch.Generator().manual_seed(0))


def trained(folder: Path, name: str, **arguments) -> Path:
    """Writes random weights of that purifier and its stanza; returns the stanza's file."""
    network = PURIFIERS[name](**arguments)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    content = safetensors.torch.save(network.state_dict())
    (folder / f"{name}.safetensors").write_bytes(content)
    stanza = f'[{name}]\nweights = "{name}.safetensors"\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
    (folder / "purifiers.toml").write_text(f"{stanza}arguments = {ARGUMENTS[name]}\n")
    return folder / "purifiers.toml"


def small(folder: Path, name: str) -> Path:
    arguments = {"hgd": {"widths": (4, 8, 8)}, "comdefend": {"widths": (4, 8)}, "nrp": {"width": 4, "growth": 2}}
    return trained(folder, name, **arguments[name])


def build(name: str, folder: Path, stanzas: Path | None = None) -> Callable[[Classifier], Classifier]:
    """The row's builder, with weights and stanza of that folder."""
    return builder(name, PURIFIERS[name], stanzas or small(folder, name), folder)


def test_every_purifier_has_its_row() -> None:
    assert set(PURIFIERS) <= set(DEFENCES)


@pytest.mark.parametrize("name", PURIFIERS)
def test_a_trained_one_defends(name, tmp_path, classifier, pixels) -> None:
    make = build(name, tmp_path)
    defended = make(classifier)
    pixels.requires_grad_()
    logits = defended(pixels)
    assert logits.shape == (2, 12)
    assert not torch.equal(logits, classifier(pixels))
    (gradient,) = torch.autograd.grad(logits.square().sum(), pixels)
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in defended.parameters())
    other = make(classifier).train().double()  # whoever has one may do with it as they like
    assert make(classifier.float().eval())(pixels).allclose(logits)
    assert other.purifier is not defended.purifier
    assert make(classifier.double())(pixels.double()).dtype == torch.float64


CURE = r"(Download the project again|restore the file with git)"


@pytest.mark.parametrize("name", PURIFIERS)
def test_a_damaged_or_missing_file_is_refused_by_name_with_its_cure(name, tmp_path, classifier) -> None:
    stanzas = small(tmp_path, name)
    content = (tmp_path / f"{name}.safetensors").read_bytes()
    make = build(name, tmp_path, stanzas)
    (tmp_path / f"{name}.safetensors").write_bytes(b"other")
    with pytest.raises(models.WeightsError, match=rf"{name}\.safetensors is damaged.*{CURE}"):
        make(classifier)
    (tmp_path / f"{name}.safetensors").unlink()
    with pytest.raises(models.WeightsError, match=rf"{name}\.safetensors cannot be read.*{CURE}"):
        make(classifier)
    (tmp_path / f"{name}.safetensors").write_bytes(content)
    assert make(classifier).labels == classifier.labels


@pytest.mark.parametrize("name", PURIFIERS)
def test_one_without_a_stanza_says_how_to_train_it(name, tmp_path, classifier) -> None:
    (tmp_path / "purifiers.toml").write_text("")
    with pytest.raises(models.WeightsError, match=rf"^{name} has no stanza in .*: train it with `python -m models"):
        build(name, tmp_path, tmp_path / "purifiers.toml")(classifier)


def test_the_row_stays_and_defend_says_what_is_missing(tmp_path, classifier, monkeypatch) -> None:
    row = dataclasses.replace(DEFENCES["hgd"], build=builder("hgd", PURIFIERS["hgd"], purifiers.STANZAS, tmp_path))
    monkeypatch.setitem(DEFENCES, "hgd", row)
    with pytest.raises(models.WeightsError, match=rf"hgd\.safetensors cannot be read.*{CURE}"):
        defend("hgd", classifier)


@pytest.mark.parametrize("network", [Denoiser, Purifier])
def test_an_untrained_denoiser_changes_nothing(network, pixels) -> None:
    assert torch.equal(network().eval()(pixels), pixels)


def test_comdefend_draws_from_twelve_bits_a_pixel(pixels) -> None:
    network, codes = ComDefend().eval(), []
    network.reconstruct.register_forward_pre_hook(lambda _, inputs: codes.append(inputs[0]))
    drawn = network(pixels)
    assert drawn.shape == pixels.shape
    assert codes[0].shape == (2, 12, 20, 28)
    assert set(codes[0].unique().tolist()) <= {0.0, 1.0}
    network.train()(pixels)
    assert 0 < codes[1].min() < codes[1].max() < 1 or codes[1].unique().numel() > 2
