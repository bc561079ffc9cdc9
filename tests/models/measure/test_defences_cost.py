"""The table of what defences cost: right answers are counted, abstentions are not right, every defence has its row."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import models
from models.classifier import Classifier
from models.defences import DEFENCES, defend
from models.measure.defences import defences_table, defended_accuracy
from models.pictures import Pictures


class Bright(nn.Module):
    """Class 1 where the first pixel is above one half, else class 0."""

    def forward(self, pixels: Tensor) -> Tensor:
        value = pixels[:, 0, 0, 0]
        return torch.stack([0.5 - value, value - 0.5], 1) * 50


def pictures(*levels: int) -> Pictures:
    images = torch.tensor(levels, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 4, 4).clone()
    return Pictures(images, torch.tensor([int(level > 127) for level in levels]), ("n0", "n1"))


@pytest.fixture
def bright() -> Classifier:
    return Classifier(Bright(), ["dark", "bright"], mean=(0, 0, 0), std=(1, 1, 1))


def test_right_answers_are_counted(bright) -> None:
    shown = pictures(0, 50, 200, 255)
    assert defended_accuracy(bright, shown, "cpu") == (1.0, 0.0)
    wrong = Pictures(shown.images, 1 - shown.labels, shown.wnids)
    assert defended_accuracy(bright, wrong, "cpu") == (0.0, 0.0)


def test_what_abstains_is_not_right(bright) -> None:
    share, abstained = defended_accuracy(defend("smoothing", bright, sigma=0.2), pictures(*[128] * 100), "cpu")
    assert abstained > 0.4
    assert share < 1 - abstained


def test_every_defence_has_its_row() -> None:
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    table = defences_table([models.CARDS["tiny/regnet"]], Pictures(images, torch.tensor([0, 1]), ()), "cpu")
    assert "| defence | RegNet | all of them as a jury |" in table
    assert all(f"| `{name}` |" in table for name in DEFENCES)
