"""The pictures that measurements show: small ones as they are, larger canvases at whole levels, and named anew."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from demo.measure import judging
from demo.run import picture
from models import Classifier
from models.packs import PACKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One picture of each of the 64 classes, a plain grey of its own, in the original layout."""
    wnids = list(PACKS["tiny"].vocabulary())
    (tmp_path / "val" / "images").mkdir(parents=True)
    (tmp_path / "wnids.txt").write_text("\n".join(wnids))
    for number in range(len(wnids)):
        Image.fromarray(np.full((64, 64, 3), 3 * number, np.uint8)).save(tmp_path / "val" / "images" / f"{number}.png")
    lines = [f"{number}.png\t{wnid}\t0\t0\t63\t63" for number, wnid in enumerate(wnids)]
    (tmp_path / "val" / "val_annotations.txt").write_text("\n".join(lines))
    return tmp_path


class Grey(nn.Module):
    """Knows every second class by its grey."""

    def forward(self, pixels):
        place = (pixels.mean((1, 2, 3)) * 255 / 3).round().long()
        return nn.functional.one_hot(torch.where(place % 2 == 0, place, 0), 64).float()


@pytest.mark.parametrize("pack", list(PACKS))
def test_labels_are_the_packs_own_and_pictures_at_its_size(folder: Path, pack: str) -> None:
    pixels, labels = judging.drawn(folder, pack, 5)
    names, small = list(PACKS[pack].vocabulary()), list(PACKS["tiny"].vocabulary())
    assert pixels.shape == (5, 3, PACKS[pack].side, PACKS[pack].side)
    for shown, label in zip(pixels, labels, strict=True):
        assert names[label] == small[round(float(shown.mean()) * 255 / 3)]
    assert torch.equal((pixels * 255).round() / 255, pixels)


def test_only_pictures_that_all_get_right_are_known(folder: Path) -> None:
    grey = Classifier(Grey(), list(PACKS["tiny"].vocabulary().values()), mean=(0, 0, 0), std=(1, 1, 1))
    pixels, labels = judging.known([grey], folder, "tiny", 100)
    assert sorted(labels.tolist()) == list(range(0, 64, 2))
    assert len(pixels) == 32
    assert len(judging.known([grey], folder, "tiny", 7)[0]) == 7


def test_of_a_folder_of_anything_those_count_that_all_call_the_same(tmp_path: Path) -> None:
    names = list(PACKS["tiny"].vocabulary().values())
    for shade in (6, 9, 12):
        Image.fromarray(np.full((80, 90, 3), shade, np.uint8)).save(tmp_path / f"{shade}.png")
    sure = Classifier(nn.Sequential(Grey(), Louder()), names, mean=(0, 0, 0), std=(1, 1, 1))
    other = Classifier(nn.Sequential(Grey(), Louder(but=4)), names, mean=(0, 0, 0), std=(1, 1, 1))
    assert sorted(judging.agreed([sure], tmp_path, "tiny", 9)[1].tolist()) == [0, 2, 4]
    pixels, labels = judging.agreed([sure, other], tmp_path, "tiny", 9)
    assert sorted(labels.tolist()) == [0, 2]
    assert pixels.shape == (2, 3, 64, 64)
    with pytest.raises(ValueError, match="holds no picture"):
        judging.agreed([sure], tmp_path / "nothing", "tiny", 9)


class Louder(nn.Module):
    """Sure of everything but of one class, which it calls by another's name."""

    def __init__(self, but: int = -1) -> None:
        super().__init__()
        self.but = but

    def forward(self, answers):
        return 20 * (answers.roll(1, -1) if int(answers.argmax()) == self.but else answers)


@pytest.mark.parametrize("epsilon", [1, 2.5, 8])
def test_judges_whole_levels_inside_the_ball(epsilon):
    originals = torch.randint(256, (2, 3, 5, 5)) / 255
    moved = (originals + torch.empty_like(originals).uniform_(-1, 1) * epsilon / 255).clamp(0, 1)
    judged = judging.eight_bits(moved, originals, epsilon) * 255
    torch.testing.assert_close(judged, judged.round(), rtol=0, atol=1e-4)
    assert ((judged - originals * 255).abs() <= epsilon + 1e-4).all()
    assert ((judged - moved * 255).abs() <= 1 + 1e-4).all()
    for one, moved_one, original in zip(judged, moved, originals, strict=True):  # the page rounds in whole numbers
        downloaded = picture.within(picture.to_pixels(moved_one), picture.to_pixels(original), epsilon)
        assert np.array_equal(picture.to_pixels(one / 255), downloaded)
