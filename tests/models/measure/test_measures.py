"""What is measured is what arithmetic says."""

import dataclasses

import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences import defend
from models.measure import accuracy as measure
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


def test_smoothed_counts_right_ones_and_certified_ones_and_averages_radii() -> None:
    classifier = Classifier(Brightness(0.5), ("dark", "bright"), mean=(0, 0, 0), std=(1, 1, 1))
    dark, bright = 0, 255  # so far from the boundary that all looks agree
    pictures = dataclasses.replace(_grays(dark, bright, dark), labels=torch.tensor([0, 1, 1]))
    found = measure.smoothed(defend("smoothing", classifier, sigma=0.25), pictures)
    assert (found.right, found.certified) == (0.6667, 0.6667)
    most = 0.25 * stats.norm.ppf(0.001 ** (1 / measure.LOOKS))
    assert found.radius == pytest.approx(2 / 3 * most, abs=1e-4)
