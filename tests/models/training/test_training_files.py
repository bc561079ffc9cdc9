"""What training leaves on disk, and what it begins from."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from miniature import CPU, SMALL, small

from models.classifier import Classifier
from models.defences.purifiers import builder
from models.networks import Blueprint
from models.pictures import Pictures
from models.training import files
from models.training.architectures import PURIFIERS
from models.training.loop import Run
from models.training.recipes import RECIPES


def test_a_finished_network_is_taken_from_its_folder(pictures: Pictures, tmp_path: Path) -> None:
    recipe = small(RECIPES["resnet"])
    with pytest.raises(ValueError, match=r"resnet.safetensors is missing: train it first"):
        files.finished(recipe, pictures.wnids, tmp_path)
    network = SMALL.build(4).eval()
    files.export(network, recipe, tmp_path, {})
    pixels = torch.rand(2, 3, 64, 64)
    found = files.finished(recipe, pictures.wnids, tmp_path)
    expected = network.half().float()((pixels - found.mean) / found.std)
    assert torch.allclose(found(pixels), expected, atol=1e-4)
    other = dataclasses.replace(recipe, blueprint=Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 24]}))
    with pytest.raises(ValueError, match="another network"):
        files.finished(other, pictures.wnids, tmp_path)
    (tmp_path / "resnet.safetensors").write_bytes(b"no weights")
    with pytest.raises(ValueError, match="cannot be read as a file of weights"):
        files.finished(recipe, pictures.wnids, tmp_path)


def test_a_changed_network_borrows_what_still_fits(tmp_path: Path) -> None:
    files.export(SMALL.build(4), small(RECIPES["resnet"]), tmp_path, {})
    kept = files.safetensors.torch.load_file(tmp_path / "resnet.safetensors")
    wider = Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 24]}, ("maxpool",)).build(4)
    drawn = wider.layer4[0].conv1.weight.detach().clone()
    assert files.borrow(wider, tmp_path / "resnet.safetensors").startswith("begun with ")
    assert torch.equal(wider.layer3[0].conv1.weight, kept["layer3.0.conv1.weight"].float())
    assert torch.equal(wider.layer4[0].conv1.weight, drawn)
    with pytest.raises(ValueError, match="has only"):
        files.borrow(Blueprint("timm", "resnet18", {"channels": [4] * 4}).build(4), tmp_path / "resnet.safetensors")


def test_a_recipe_begins_from_the_finished_networks_it_names(pictures: Pictures, tmp_path: Path) -> None:
    first = small(RECIPES["baseline"])
    sums = files.export(first.blueprint.build(4), first, tmp_path, {})
    assert list(sums) == ["baseline-1", "baseline-2", "baseline-3"]
    second = small(RECIPES["adp"], start=("baseline-3", "baseline-1", "baseline-2"))
    run = Run(second, pictures, device=CPU, weights=tmp_path, say=lambda line: None)
    for part, name in zip(files.parts(run.network), second.start, strict=True):
        kept = files.safetensors.torch.load_file(tmp_path / f"{name}.safetensors")
        assert torch.equal(part.conv1.weight, kept["conv1.weight"].float())
    (tmp_path / "baseline-3.safetensors").unlink()
    with pytest.raises(ValueError, match="is missing: train it first"):
        Run(second, pictures, device=CPU, weights=tmp_path)


def test_a_network_begins_with_one_of_its_own_kind(pictures: Pictures, tmp_path: Path) -> None:
    files.export(SMALL.build(4), small(RECIPES["resnet"]), tmp_path, {})
    recipe = small(RECIPES["resnet-robust"], start=("resnet",))
    run = Run(recipe, pictures, device=CPU, weights=tmp_path, say=lambda line: None)
    kept = files.safetensors.torch.load_file(tmp_path / "resnet.safetensors")
    assert torch.equal(run.network.fc.weight, kept["fc.weight"].float())
    wide = dataclasses.replace(recipe, blueprint=Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 24]}))
    with pytest.raises(ValueError, match="another network"):
        Run(wide, pictures, device=CPU, weights=tmp_path)


def test_a_card_names_one_beginning(tmp_path: Path) -> None:
    recipe = small(RECIPES["resnet-robust"], start=("resnet",))
    usual, begun = {}, {"begun": "begun with 97 of 97 tensors of 0123456789ab"}
    for made, named in ((usual, True), (begun, False)):
        files.export(SMALL.build(4), recipe, tmp_path, made)
        card = json.loads((tmp_path / "resnet-robust.json").read_text())["recipe"]
        assert ("begun from resnet" in card["note"]) is named
        assert card["note"].startswith("fast adversarial training")
        assert card["note"].endswith("averaged weights")


def test_a_purifiers_stanza_is_what_its_table_reads(tmp_path: Path) -> None:
    recipe = small(RECIPES["hgd"])
    network = recipe.blueprint.build(4)
    sha256 = files.export(network, recipe, tmp_path, {})
    (tmp_path / "purifiers.toml").write_text(files.stanza(recipe, "hgd", sha256["hgd"]))
    build = builder("hgd", PURIFIERS["hgd"], tmp_path / "purifiers.toml", tmp_path)
    classifier = Classifier(SMALL.build(4).eval(), "abcd")
    pixels = torch.rand(2, 3, 32, 32)
    purified = network.half().float().eval()(pixels).clamp(0, 1)
    assert torch.allclose(build(classifier)(pixels), classifier(purified), atol=1e-4)
