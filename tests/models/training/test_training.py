"""Training: every kind of recipe learns, an interrupted run ends like an uninterrupted one, and files load."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import torch
from miniature import CPU, SMALL, small

from models import catalog
from models.classifier import Classifier
from models.pictures import Pictures
from models.training import __main__ as command
from models.training import files
from models.training.loop import Run
from models.training.recipe import GROWING, TrainingRecipe
from models.training.recipes import RECIPES
from models.weights.files import fill

pytestmark = pytest.mark.slow

KINDS = {getattr(recipe.objective, "func", recipe.objective).__name__: recipe for recipe in RECIPES.values()}


@contextmanager
def single() -> Iterator[None]:
    """In single precision: a processor without units for half of it takes several times as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
        yield


@pytest.fixture(scope="module")
def guide(pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> torch.nn.Module:
    """A network that has learned the four classes, for the objectives that learn from finished ones."""
    run = Run(tiny("clean", epochs=8), pictures, device=CPU, say=lambda line: None)
    with single():
        run.finish(tmp_path_factory.mktemp("guide") / "checkpoint.pt")
    return run.averaged.requires_grad_(False)


def tiny(objective: str, epochs: int) -> TrainingRecipe:
    return small(KINDS[objective], epochs=epochs, sizes=((16, 1.0),))


@pytest.mark.parametrize("objective", KINDS)
def test_every_kind_of_recipe_learns(
    objective: str, pictures: Pictures, guide: torch.nn.Module, tmp_path: Path
) -> None:
    recipe = tiny(objective, epochs=3)
    run = Run(recipe, pictures, [guide for _ in KINDS[objective].others], device=CPU, say=lambda line: None)
    with single():
        run.finish(tmp_path / "checkpoint.pt")
    assert len(run.losses) == 3
    assert run.losses[-1] < 0.95 * run.losses[0]
    weights = list(run.averaged.parameters())
    assert all(torch.isfinite(weight).all() for weight in weights)


@pytest.mark.parametrize("objective", KINDS)
def test_every_kind_of_recipe_takes_steps_in_half_precision(objective: str, pictures: Pictures, tmp_path: Path) -> None:
    few = dataclasses.replace(pictures, images=pictures.images[::5], labels=pictures.labels[::5])
    recipe = dataclasses.replace(tiny(objective, epochs=1), batch=5)
    other = Classifier(SMALL.build(4).eval(), pictures.wnids, size=16).requires_grad_(False)
    run = Run(recipe, few, [other for _ in KINDS[objective].others], device=CPU, say=lambda line: None)
    run.finish(tmp_path / "checkpoint.pt")
    assert all(torch.isfinite(weight).all() for weight in run.network.parameters())


class Interrupted(Exception):
    pass


def test_an_interrupted_run_ends_like_an_uninterrupted_one(pictures: Pictures, tmp_path: Path) -> None:
    # no stride meets a map of one pixel: oneDNN leaves bf16 gradients of its weights partly unwritten there
    blueprint = dataclasses.replace(SMALL, arguments={"channels": [8] * 4, "drop_rate": 0.3})
    recipe = dataclasses.replace(tiny("clean", epochs=3), blueprint=blueprint)
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
    assert 0 < second.epoch < recipe.epochs
    second.finish(tmp_path / "part.pt")
    assert second.losses == whole.losses
    ended = second.average.state_dict()
    for key, value in whole.average.state_dict().items():
        assert torch.equal(value, ended[key]), key


def test_a_checkpoint_of_another_run_is_refused(pictures: Pictures, tmp_path: Path) -> None:
    run = Run(small(RECIPES["resnet"], epochs=1), pictures, device=CPU, say=lambda line: None)
    run.finish(tmp_path / "checkpoint.pt")
    longer = Run(small(RECIPES["resnet"], epochs=2), pictures, device=CPU, say=lambda line: None)
    with pytest.raises(ValueError, match="drop --resume"):
        longer.resume(tmp_path / "checkpoint.pt")


def test_a_checkpoint_knows_which_weights_it_began_with(pictures: Pictures, tmp_path: Path) -> None:
    recipe = small(RECIPES["resnet"], epochs=1)
    files.export(SMALL.build(4), recipe, tmp_path, {})
    run = Run(recipe, pictures, device=CPU, say=lambda line: None)
    run.borrow(tmp_path / "resnet.safetensors")
    run.finish(tmp_path / "checkpoint.pt")
    plain = Run(recipe, pictures, device=CPU, say=lambda line: None)
    with pytest.raises(ValueError, match="drop --resume"):
        plain.resume(tmp_path / "checkpoint.pt")
    plain.borrow(tmp_path / "resnet.safetensors")
    plain.resume(tmp_path / "checkpoint.pt")
    assert plain.begun.startswith("begun with ")


def test_the_command_writes_what_the_catalogue_loads(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.RECIPES, "resnet", small(RECIPES["resnet"]))
    wishes = [
        "--epochs",
        "2",
        "--rate",
        "0.05",
        "--out",
        str(tmp_path),
        "--checkpoints",
        str(tmp_path / "runs"),
        "--device",
        "cpu",
    ]
    command.main(["resnet", "--data", str(folder), *wishes])
    printed = capsys.readouterr().out
    notes = json.loads((tmp_path / "resnet.json").read_text())
    assert notes["recipe"]["epochs"] == 2
    assert notes["recipe"]["command"] == "python -m models.training resnet --data DATA --epochs 2 --rate 0.05"
    state = torch.load(tmp_path / "runs" / "resnet.pt", weights_only=True)
    assert state["schedule"]["base_lrs"] == pytest.approx([0.05 / 25] * 2)  # where one cycle towards 0.05 begins
    assert notes["parameters"] == sum(weight.numel() for weight in SMALL.build(4).parameters())

    sha256 = printed.rsplit('sha256 = "', 1)[1][:64]
    weights = tmp_path / "resnet.safetensors"
    card = dataclasses.replace(catalog.CARDS["tiny/resnet"], blueprint=SMALL, weights=weights, sha256=sha256)
    network = SMALL.build(4)
    fill(network, card.weights, card.sha256, "resnet18")
    for key, value in network.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(value, state["average"][f"module.{key}"].half().float()), key


def test_too_few_pictures_and_bad_paths_are_one_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="batches of 128; only 80 pictures"):
        command.main(["resnet", "--data", str(folder), "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match="No such folder or zip"):
        command.main(["resnet", "--data", str(tmp_path / "nowhere")])


def test_what_begins_with_weights_skips_the_smallest_pictures(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.RECIPES, "resnet", small(RECIPES["resnet"], sizes=GROWING, epochs=3))
    usual = ["resnet", "--data", str(folder), "--out", str(tmp_path), "--checkpoints", str(tmp_path), "--device", "cpu"]
    with single():
        command.main(usual)
        assert "· 32 px" in capsys.readouterr().out
        command.main([*usual, "--begin", str(tmp_path / "resnet.safetensors")])
    again = capsys.readouterr().out
    assert "· 32 px" not in again
    assert "· 64 px" in again
