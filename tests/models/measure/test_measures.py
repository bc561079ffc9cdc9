"""The report: its figures are right, they are written beside the weights, and the table shows them."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from torch import Tensor, nn

from models import catalog, loading
from models.classifier import Classifier
from models.defences import defend
from models.measure import __main__ as command
from models.measure import accuracy as measure
from models.measure import tables
from models.packs import PACKS
from models.pictures import Pictures
from models.weights.cache import Cache


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
    found = measure.accuracy(Sure(table), pictures)
    assert found == measure.Accuracy(top1=0.1, top5=0.5, pictures=250)


class Brightness(nn.Module):
    """Two classes, dark and bright, told apart at a level of the mean; the slope decides nothing but logits."""

    def __init__(self, level: float) -> None:
        super().__init__()
        self.level = level

    def forward(self, pixels: Tensor) -> Tensor:
        bright = 50 * (pixels.mean(dim=(1, 2, 3)) - self.level)
        return torch.stack([-bright, bright], dim=1)


def _grays(*levels: int) -> Pictures:
    images = torch.tensor(levels, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    return Pictures(images, (torch.tensor(levels) > 127).long(), ("dark", "bright"))


def test_robustness_is_what_arithmetic_says() -> None:
    # The boundary is at 127.5: a gray that is further from it than the budget cannot be moved across.
    found = measure.robustness(Brightness(127.5 / 255), _grays(124, 120, 131, 140))
    assert found == {2: 1.0, 4: 0.5, 8: 0.25}


def test_transfer_counts_what_both_knew_and_the_source_lost() -> None:
    # A budget of 8/255 carries 121, 124 and 126 to 129, 132 and 134, all across the first boundary, two of three
    # across the second; made on the second, only 124 and 126 count, and both lie beyond the first as well.
    # 100 and 140 stay right everywhere, and 129 is not known to both: none of them may be counted.
    pictures = _grays(121, 124, 126, 100, 140, 129)
    shares = measure.transfer([Brightness(127.5 / 255), Brightness(130.5 / 255)], pictures)
    assert torch.allclose(shares, torch.tensor([[1, 2 / 3], [1, 1]]))


def test_smoothed_counts_right_ones_and_certified_ones_and_averages_radii() -> None:
    classifier = Classifier(Brightness(0.5), ("dark", "bright"), mean=(0, 0, 0), std=(1, 1, 1))
    dark, bright = 0, 255  # so far from the boundary that all looks agree
    pictures = dataclasses.replace(_grays(dark, bright, dark), labels=torch.tensor([0, 1, 1]))
    found = measure.smoothed(defend("smoothing", classifier, sigma=0.25), pictures)
    assert (found.right, found.certified) == (0.6667, 0.6667)
    most = 0.25 * stats.norm.ppf(0.001 ** (1 / measure.LOOKS))
    assert found.radius == pytest.approx(2 / 3 * most, abs=1e-4)


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
    monkeypatch.setattr(tables, "accuracy", lambda name, *rest: measure.Accuracy(shares[name], 1.0, 10))
    fresh = {"recipe": {"mode": "clean", "epochs": 40}, "parameters": 2_000_000}
    later = {"recipe": {"mode": "clean", "epochs": 6, "begun": "begun with 9 of 9 tensors of x"}, "parameters": 1}
    notes = {"tiny/densenet": fresh, "tiny/resnet-robust": fresh, "tiny/resnet": later}

    cards = []
    for number, name in enumerate(shares):
        (tmp_path / f"{number}.json").write_text(json.dumps(notes[name]))
        cards.append(dataclasses.replace(catalog.CARDS[name], weights=tmp_path / f"{number}.safetensors"))
    table, figures = tables.accuracy_table(cards, _grays(0), "cpu")
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
