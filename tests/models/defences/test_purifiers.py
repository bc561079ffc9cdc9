"""The learned purifiers: in the table when their weights are here, absent when not, refused when damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

import models
from models.classifier import Classifier
from models.defences import DEFENCES
from models.defences.comdefend import ComDefend
from models.defences.hgd import Denoiser
from models.defences.nrp import Purifier
from models.defences.purifiers import NETWORKS, STANZAS, rows

ARGUMENTS = {"hgd": "{ widths = [4, 8, 8] }", "comdefend": "{ widths = [4, 8] }", "nrp": "{ width = 4, growth = 2 }"}


@pytest.fixture
def classifier() -> Classifier:
    return Classifier(nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten()), [str(index) for index in range(12)])


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(2, 3, 20, 28, generator=torch.Generator().manual_seed(0))


def trained(folder: Path, name: str, **arguments) -> Path:
    """Writes random weights of that purifier and its stanza; returns the stanza's file."""
    network = NETWORKS[name](**arguments)
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


def test_the_table_has_exactly_the_trained_ones() -> None:
    assert {row.name for row in rows()} == set(NETWORKS) & set(DEFENCES)
    assert rows(STANZAS, Path("no such folder")) == ()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_trained_one_defends(name, tmp_path, classifier, pixels) -> None:
    (row,) = rows(small(tmp_path, name), tmp_path)
    assert row.name == name
    defended = row.build(classifier)
    pixels.requires_grad_()
    logits = defended(pixels)
    assert logits.shape == (2, 12)
    assert not torch.equal(logits, classifier(pixels))
    (gradient,) = torch.autograd.grad(logits.square().sum(), pixels)
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in defended.parameters())
    other = row.build(classifier).train().double()  # whoever has one may do with it as they like
    assert row.build(classifier.float().eval())(pixels).allclose(logits)
    assert other.purifier is not defended.purifier
    assert row.build(classifier.double())(pixels.double()).dtype == torch.float64


@pytest.mark.parametrize("name", NETWORKS)
def test_a_damaged_one_is_refused_by_name(name, tmp_path, classifier) -> None:
    stanzas = small(tmp_path, name)
    (row,) = rows(stanzas, tmp_path)
    (tmp_path / f"{name}.safetensors").write_bytes(b"other")
    with pytest.raises(models.WeightsError, match=rf"{name}\.safetensors is damaged"):
        row.build(classifier)
    (tmp_path / f"{name}.safetensors").unlink()
    assert rows(stanzas, tmp_path) == ()


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
