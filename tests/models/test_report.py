"""The report: its figures are right, they are written beside the weights, and the table shows them."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from models import catalog, report
from models.pictures import Pictures


class Sure(nn.Module):
    """Says of every picture, whatever it shows, what a table of logits says of its first pixel."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = table

    def forward(self, pixels: Tensor) -> Tensor:
        return self.table[(pixels[:, 0, 0, 0] * 255).round().long()]


def test_accuracy_counts_first_and_among_the_first_five() -> None:
    count = 300  # more than two batches
    ranks = torch.arange(count) % 10  # where the true class stands in each picture's ranking
    labels = torch.arange(count) % 7
    table = torch.zeros(count, 10)
    for row in range(count):
        order = torch.cat([torch.arange(10)[torch.arange(10) != labels[row]]])
        order = torch.cat([order[: ranks[row]], labels[row : row + 1], order[ranks[row] :]])
        table[row, order] = -torch.arange(10.0)
    images = (torch.arange(count) % 256).to(torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    kept = slice(0, 250)  # so that a byte can number them
    pictures = Pictures(images[kept], labels[kept], tuple("abcdefghij"))
    found = report.accuracy(Sure(table), pictures)
    assert found == report.Accuracy(top1=0.1, top5=0.5, pictures=250)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two validation pictures of each class of the pack, of plain noise, in the original layout."""
    wnids, noise = list(catalog.vocabulary()), np.random.default_rng(0)
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

    report.main([str(folder), "--only", "tiny/densenet"])
    notes = json.loads(weights.with_suffix(".json").read_text())
    assert notes["recipe"] == recipe
    assert notes["accuracy"]["pictures"] == 128
    assert notes["accuracy"]["command"] == "python -m models.report DATA"
    assert 0 <= notes["accuracy"]["top1"] <= notes["accuracy"]["top5"] < 0.5  # noise is no picture of anything
    printed = capsys.readouterr().out
    assert f"{notes['accuracy']['top1']:.1%}" in printed
    assert "python -m models.report DATA" in printed


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Unknown classifier tiny/none: use tiny/resnet"):
        report.main([str(tmp_path), "--only", "tiny/none"])
    with pytest.raises(SystemExit, match="No such folder or zip"):
        report.main([str(tmp_path / "nowhere")])
