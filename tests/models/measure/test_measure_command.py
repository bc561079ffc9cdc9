"""The command that measures: figures are written beside the weights, the table shows them, refusals are sentences."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models import catalog, loading
from models.measure import __main__ as command
from models.measure import tables
from models.measure.accuracy import Accuracy
from models.packs import PACKS
from models.pictures import Pictures
from models.weights.cache import Cache

NOTHING = Pictures(torch.zeros(1, 3, 4, 4, dtype=torch.uint8), torch.zeros(1, dtype=torch.int64), ("dark", "bright"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two validation pictures of each class of the pack, of plain noise, in the original layout."""
    wnids, noise = list(PACKS["tiny"].vocabulary()), np.random.default_rng(0)
    (tmp_path / "val" / "images").mkdir(parents=True)
    (tmp_path / "wnids.txt").write_text("\n".join(wnids))
    lines = []
    for number in range(2 * len(wnids)):
        Image.fromarray(noise.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(
            tmp_path / "val" / "images" / f"val_{number}.JPEG"
        )
        lines.append(f"val_{number}.JPEG\t{wnids[number % len(wnids)]}\t0\t0\t63\t63")
    (tmp_path / "val" / "val_annotations.txt").write_text("\n".join(lines))
    return tmp_path


@pytest.mark.slow
def test_the_command_writes_the_figures_beside_the_weights(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = catalog.CARDS["tiny/densenet"]
    weights = tmp_path / "copy.safetensors"
    weights.write_bytes(original.weights.read_bytes())
    recipe = original.notes["recipe"]
    weights.with_suffix(".json").write_text(json.dumps({"recipe": recipe, "parameters": 5}))
    card = dataclasses.replace(original, weights=weights)
    monkeypatch.setitem(catalog.CARDS, "tiny/densenet", card)
    monkeypatch.setattr(loading, "_cache", Cache(2**30))  # so that no other test is handed this card's classifier

    command.main([str(folder), "--only", "tiny/densenet"])
    notes = json.loads(weights.with_suffix(".json").read_text())
    assert notes["recipe"] == recipe
    assert notes["accuracy"]["pictures"] == 128
    assert notes["accuracy"]["command"] == "python -m models.measure DATA --only tiny/densenet"
    assert 0 <= notes["accuracy"]["top1"] <= notes["accuracy"]["top5"] < 0.5  # noise is no picture of anything
    printed = capsys.readouterr().out
    assert f"{notes['accuracy']['top1']:.1%}" in printed
    assert "128 validation pictures by `python -m models.measure DATA --only tiny/densenet`" in printed

    command.main([str(folder), "--table", "robust", "--every", "64", "--only", "tiny/densenet"])
    robust = json.loads(weights.with_suffix(".json").read_text())["robust_accuracy"]
    assert robust["pictures"] == 2
    assert robust["command"] == "python -m models.measure DATA --table robust --every 64 --only tiny/densenet"


def test_the_accuracy_table_is_ranked_and_says_what_went_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {"tiny/densenet": 0.5, "tiny/resnet-robust": 0.9, "tiny/resnet": 0.7}
    monkeypatch.setattr(tables, "load", lambda name, device: name)
    monkeypatch.setattr(tables, "accuracy", lambda name, *rest: Accuracy(shares[name], 1.0, 10))
    fresh = {"recipe": {"mode": "clean", "epochs": 40}, "parameters": 2_000_000}
    later = {"recipe": {"mode": "clean", "epochs": 6, "begun": "begun with 9 of 9 tensors of x"}, "parameters": 1}
    notes = {"tiny/densenet": fresh, "tiny/resnet-robust": fresh, "tiny/resnet": later}

    cards = []
    for number, name in enumerate(shares):
        (tmp_path / f"{number}.json").write_text(json.dumps(notes[name]))
        cards.append(dataclasses.replace(catalog.CARDS[name], weights=tmp_path / f"{number}.safetensors"))
    table, figures = tables.accuracy_table(cards, NOTHING, "cpu")
    lines = table.splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == ["tiny/resnet", "tiny/densenet", "tiny/resnet-robust"]
    assert "| clean, 6 more epochs |" in lines[0]
    assert "| 2.0 M | 50.0% | 100.0% | clean, 40 epochs |" in lines[1]
    assert figures["tiny/resnet"]["top1"] == 0.7


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Unknown classifier tiny/none: use tiny/resnet"):
        command.main([str(tmp_path), "--only", "tiny/none"])
    with pytest.raises(SystemExit, match="No such folder or zip"):
        command.main([str(tmp_path / "nowhere")])


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [(["--device", "nonsense"], "Unknown device"), (["--table", "smoothed"], "Only a smoothed classifier")],
)
def test_what_cannot_be_measured_is_one_sentence(
    wishes: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Pictures(torch.zeros(2, 3, 64, 64, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64), ("n1",))
    monkeypatch.setattr(command, "read", lambda *given: few)
    with pytest.raises(SystemExit, match=sentence):
        command.main(["DATA", "--only", "tiny/resnet", *wishes])
