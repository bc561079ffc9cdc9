"""Training: every kind of recipe learns, an interrupted run ends like an uninterrupted one, and files load."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from models import catalog
from models.classifier import Classifier
from models.defences import purifiers
from models.networks import Blueprint
from models.pictures import Pictures, read
from models.training import __main__ as command
from models.training import files, perturbations
from models.training.architectures import PurifierBlueprint, TrioBlueprint
from models.training.augmentation import augment
from models.training.loop import Run
from models.training.recipe import Recipe
from models.training.recipes import RECIPES

CPU = torch.device("cpu")
SMALL = Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 16]}, ("maxpool",))
COLORS = ((200, 60, 60), (60, 200, 60), (60, 60, 200), (180, 180, 40))
KINDS = {getattr(recipe.objective, "func", recipe.objective).__name__: recipe for recipe in RECIPES.values()}


SMALL_PURIFIERS = {
    "hgd": PurifierBlueprint("hgd", {"widths": [8, 8]}),
    "comdefend": PurifierBlueprint("comdefend", {"widths": [8, 8]}),
    "nrp": PurifierBlueprint("nrp", {"width": 8, "growth": 4, "blocks": 1}),
}


def _tiny(recipe: Recipe, **changes: Any) -> Recipe:
    small = SMALL_PURIFIERS[recipe.name] if recipe.purifies else SMALL
    if isinstance(recipe.blueprint, TrioBlueprint):
        small = TrioBlueprint(SMALL)
    fixed: dict[str, Any] = {"blueprint": small, "batch": 16, "sizes": ((32, 1.0),), "epochs": 4}
    fixed |= {"others": (), "start": ()}
    return dataclasses.replace(recipe, **(fixed | changes))


def _save(path: Path, color: tuple[int, ...], noise: np.random.Generator) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.clip(np.array(color) + noise.normal(0, 40, (64, 64, 3)), 0, 255)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four classes of coloured noise, in the original layout."""
    root, noise = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    wnids = [f"n{number}" for number in range(len(COLORS))]
    (root / "wnids.txt").write_text("\n".join(wnids))
    notes = []
    for wnid, color in zip(wnids, COLORS, strict=True):
        for number in range(20):
            _save(root / "train" / wnid / "images" / f"{wnid}_{number}.JPEG", color, noise)
        _save(root / "val" / "images" / f"val_{wnid}.JPEG", color, noise)
        notes.append(f"val_{wnid}.JPEG\t{wnid}\t0\t0\t63\t63")
    (root / "val" / "val_annotations.txt").write_text("\n".join(notes))
    return root


@pytest.fixture(scope="module")
def pictures(folder: Path) -> Pictures:
    return read(folder, "train")


@pytest.fixture(scope="module")
def guide(pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> torch.nn.Module:
    """A network that has learned the four classes, for the objectives that learn from finished ones."""
    run = Run(_tiny(RECIPES["resnet"], epochs=8), pictures, device=CPU, say=lambda line: None)
    run.finish(tmp_path_factory.mktemp("guide") / "checkpoint.pt")
    return run.averaged.requires_grad_(False)


@pytest.mark.parametrize("objective", KINDS)
def test_every_kind_of_recipe_learns(
    objective: str, pictures: Pictures, guide: torch.nn.Module, tmp_path: Path
) -> None:
    recipe = KINDS[objective]
    others = [guide for _ in recipe.others]
    epochs = 8 if recipe.purifies else 4
    run = Run(_tiny(recipe, epochs=epochs), pictures, others, device=CPU, say=lambda line: None)
    run.finish(tmp_path / "checkpoint.pt")
    assert len(run.losses) == epochs
    assert sum(run.losses[-2:]) < 0.95 * sum(run.losses[:2])
    weights = list(run.averaged.parameters())
    assert all(torch.isfinite(weight).all() for weight in weights)


class Interrupted(Exception):
    pass


def test_an_interrupted_run_ends_like_an_uninterrupted_one(pictures: Pictures, tmp_path: Path) -> None:
    recipe = _tiny(RECIPES["resnet"], blueprint=Blueprint("timm", "resnet18", {"channels": [8] * 4, "drop_rate": 0.3}))
    whole = Run(recipe, pictures, device=CPU, say=lambda line: None)
    whole.finish(tmp_path / "whole.pt")

    def interrupt(line: str) -> None:
        if "epoch 1/" in line:
            raise Interrupted

    first = Run(recipe, pictures, device=CPU, say=interrupt)
    with pytest.raises(Interrupted):
        first.finish(tmp_path / "part.pt")
    second = Run(recipe, pictures, device=CPU, say=lambda line: None)
    second.resume(tmp_path / "part.pt")
    assert 0 < second.epoch < second.epochs
    second.finish(tmp_path / "part.pt")
    assert second.losses == whole.losses
    ended = second.average.state_dict()
    for key, value in whole.average.state_dict().items():
        assert torch.equal(value, ended[key]), key


def test_a_checkpoint_of_another_run_is_refused(pictures: Pictures, tmp_path: Path) -> None:
    run = Run(_tiny(RECIPES["resnet"], epochs=1), pictures, device=CPU, say=lambda line: None)
    run.finish(tmp_path / "checkpoint.pt")
    longer = Run(_tiny(RECIPES["resnet"], epochs=2), pictures, device=CPU, say=lambda line: None)
    with pytest.raises(ValueError, match="drop --resume"):
        longer.resume(tmp_path / "checkpoint.pt")


def test_the_command_writes_what_the_catalogue_loads(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.RECIPES, "resnet", _tiny(RECIPES["resnet"]))
    wishes = ["--epochs", "2", "--out", str(tmp_path), "--checkpoints", str(tmp_path / "runs"), "--device", "cpu"]
    command.main(["resnet", "--data", str(folder), *wishes])
    printed = capsys.readouterr().out
    notes = json.loads((tmp_path / "resnet.json").read_text())
    assert notes["recipe"]["epochs"] == 2
    assert notes["recipe"]["command"] == "python -m models.training resnet --data DATA --epochs 2"
    assert notes["parameters"] == sum(weight.numel() for weight in SMALL.build(4).parameters())

    sha256 = printed.rsplit('sha256 = "', 1)[1][:64]
    weights = tmp_path / "resnet.safetensors"
    card = dataclasses.replace(catalog.CARDS["tiny/resnet"], blueprint=SMALL, weights=weights, sha256=sha256)
    network = SMALL.build(4)
    catalog._fill(network, card)
    kept = torch.load(tmp_path / "runs" / "resnet.pt", weights_only=True)["average"]
    for key, value in network.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(value, kept[f"module.{key}"].half().float()), key


def test_a_finished_network_is_taken_from_its_folder(pictures: Pictures, tmp_path: Path) -> None:
    recipe = _tiny(RECIPES["resnet"])
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
    files.export(SMALL.build(4), _tiny(RECIPES["resnet"]), tmp_path, {})
    kept = files.safetensors.torch.load_file(tmp_path / "resnet.safetensors")
    wider = Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 24]}, ("maxpool",)).build(4)
    drawn = wider.layer4[0].conv1.weight.detach().clone()
    assert files.borrow(wider, tmp_path / "resnet.safetensors").startswith("begun with ")
    assert torch.equal(wider.layer3[0].conv1.weight, kept["layer3.0.conv1.weight"].float())
    assert torch.equal(wider.layer4[0].conv1.weight, drawn)
    with pytest.raises(ValueError, match="has only"):
        files.borrow(Blueprint("timm", "resnet18", {"channels": [4] * 4}).build(4), tmp_path / "resnet.safetensors")


def test_a_recipe_begins_from_the_finished_networks_it_names(pictures: Pictures, tmp_path: Path) -> None:
    first = _tiny(RECIPES["baseline"])
    sums = files.export(first.blueprint.build(4), first, tmp_path, {})
    assert list(sums) == ["baseline-1", "baseline-2", "baseline-3"]
    second = _tiny(RECIPES["adp"], start=("baseline-3", "baseline-1", "baseline-2"))
    run = Run(second, pictures, device=CPU, weights=tmp_path, say=lambda line: None)
    for part, name in zip(files.parts(run.network), second.start, strict=True):
        kept = files.safetensors.torch.load_file(tmp_path / f"{name}.safetensors")
        assert torch.equal(part.conv1.weight, kept["conv1.weight"].float())
    (tmp_path / "baseline-3.safetensors").unlink()
    with pytest.raises(ValueError, match="is missing: train it first"):
        Run(second, pictures, device=CPU, weights=tmp_path)


def test_too_few_pictures_and_bad_paths_are_one_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="batches of 128; only 80 pictures"):
        command.main(["resnet", "--data", str(folder), "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match="No such folder or zip"):
        command.main(["resnet", "--data", str(tmp_path / "nowhere")])


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_builds_and_matches_the_catalogue(recipe: Recipe) -> None:
    network = recipe.blueprint.build(64).eval()
    assert sum(share for _, share in recipe.sizes) == pytest.approx(1)
    for side, _ in recipe.sizes:
        expected = (2, 3, side, side) if recipe.purifies else (2, 64)
        assert all(part(torch.rand(2, 3, side, side)).shape == expected for part in files.parts(network))
    assert set(recipe.others) <= set(RECIPES)
    assert " at 0x" not in recipe.key()  # an address would keep every later process from resuming
    blueprint = recipe.blueprint.member if isinstance(recipe.blueprint, TrioBlueprint) else recipe.blueprint
    for name in recipe.products:
        card = catalog.CARDS.get(f"{recipe.pack}/{name}")
        if card and "command" in card.notes["recipe"]:  # the first files came without one
            assert card.blueprint == blueprint


def test_all_makes_nothing_before_what_it_is_made_from() -> None:
    made: set[str] = set()
    for recipe in RECIPES.values():
        missing = {*recipe.others, *recipe.start} - made
        assert not missing, f"{recipe.name} comes before {missing}"
        made |= set(recipe.products)


def test_a_purifiers_stanza_is_what_its_table_reads(tmp_path: Path) -> None:
    recipe = _tiny(RECIPES["hgd"])
    network = recipe.blueprint.build(4)
    sha256 = files.export(network, recipe, tmp_path, {})
    (tmp_path / "purifiers.toml").write_text(files.stanza(recipe, "hgd", sha256["hgd"]))
    (row,) = purifiers.rows(tmp_path / "purifiers.toml", tmp_path)
    classifier = Classifier(SMALL.build(4).eval(), "abcd")
    pixels = torch.rand(2, 3, 32, 32)
    purified = network.half().float().eval()(pixels).clamp(0, 1)
    assert torch.allclose(row.build(classifier)(pixels), classifier(purified), atol=1e-4)


def test_sizes_grow_with_the_epochs() -> None:
    sizes = [RECIPES["resnet"].size(epoch, 20) for epoch in range(20)]
    assert sizes == [32] * 6 + [48] * 7 + [64] * 7


def test_views_are_crops_of_their_own_picture() -> None:
    ramp = torch.linspace(0, 255, 64).round().to(torch.uint8).expand(1, 3, 64, 64)
    images = torch.cat([ramp, 255 - ramp, torch.full_like(ramp, 128)])
    views = augment(images, torch.Generator().manual_seed(0))
    assert views.shape == (3, 3, 64, 64)
    assert views.min() >= 0
    assert views.max() <= 1
    assert views[2].std(dim=(1, 2)).max() < 1e-4  # a plain picture stays plain: nothing from its neighbours
    rise = views[0].mean(dim=(0, 1)).diff()
    assert (rise >= -1e-4).all() or (rise <= 1e-4).all()
    assert torch.equal(views, augment(images, torch.Generator().manual_seed(0)))
    assert not torch.equal(views, augment(images, torch.Generator().manual_seed(1)))


def test_perturbations_stay_in_the_ball_and_raise_the_loss() -> None:
    torch.manual_seed(0)
    network = SMALL.build(4).eval()
    pixels, labels = torch.rand(8, 3, 32, 32), torch.arange(8) % 4
    epsilon, draw = 8 / 255, torch.Generator().manual_seed(0)
    budgets = torch.linspace(0, epsilon, 8).view(8, 1, 1, 1)
    before = torch.nn.functional.cross_entropy(network(pixels), labels)
    for moved, limit in (
        (perturbations.single_step(network, pixels, labels, budgets), budgets),
        (perturbations.random_start_step(network, pixels, labels, epsilon, draw), epsilon),
        (perturbations.projected(network, pixels, labels, epsilon, 3, draw), epsilon),
    ):
        assert ((moved - pixels).abs() <= limit + 1e-6).all()
        assert moved.min() >= 0
        assert moved.max() <= 1
        assert torch.nn.functional.cross_entropy(network(moved), labels) > before
    assert all(weight.grad is None for weight in network.parameters())
