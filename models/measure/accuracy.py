"""How good classifiers are: right, right under attack, right under noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences.certificate import certify
from models.perturbations import projected
from models.pictures import Pictures

BATCH = 128
BUDGETS = (2, 4, 8)  # of 255
Device = torch.device | str


@dataclass(frozen=True)
class Accuracy:
    """Shares of the pictures, from 0 to 1, whose class came first, or among the first five."""

    top1: float
    top5: float
    pictures: int


@torch.no_grad()
def accuracy(classifier: nn.Module, pictures: Pictures, device: Device = "cpu") -> Accuracy:
    """How often a classifier (pixels in [0,1] to logits, on that device) is right about these pictures."""
    first = among = 0
    for pixels, labels in _batches(pictures, device):
        logits = classifier(pixels)
        hits = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels[:, None]
        first += int(hits[:, 0].sum())
        among += int(hits.any(dim=1).sum())
    total = len(pictures)
    return Accuracy(round(first / total, 4), round(among / total, 4), total)


def robustness(classifier: nn.Module, pictures: Pictures, device: Device = "cpu") -> dict[int, float]:
    """Top-1, a share of 1, under PGD-20 from a random start, for each budget of `BUDGETS`."""
    found = {}
    for budget in BUDGETS:
        generator = torch.Generator(device).manual_seed(0)
        right = 0
        for pixels, labels in _batches(pictures, device):
            moved = projected(classifier, pixels, labels, budget / 255, 20, generator)
            right += int(_right(classifier, moved, labels).sum())
        found[budget] = round(right / len(pictures), 4)
    return found


@dataclass(frozen=True)
class Smoothness:
    """Shares of 1: pictures that the majority of looks names rightly, and those among them where that is certified
    (Cohen et al.'s CERTIFY at 0.999 with `LOOKS` looks). radius: the mean certified L2 radius over all pictures, in
    pixel units of 1, counting 0 where the name is wrong or not certified."""

    right: float
    certified: float
    radius: float


LOOKS = 100


def smoothed(classifier: Classifier, pictures: Pictures, device: Device = "cpu") -> Smoothness:
    """After SEM's Table I ("approximated certified accuracy"), for a classifier behind `smoothing`."""
    generator = torch.Generator().manual_seed(0)
    right = certified = 0
    radius = 0.0
    for pixels, labels in _batches(pictures, device):
        found = certify(classifier, pixels, draws=LOOKS, generator=generator)
        hits = found.labels == labels
        right += int(hits.sum())
        certified += int((hits & ~found.abstains).sum())
        radius += float(found.radius[hits].sum())
    total = len(pictures)
    return Smoothness(round(right / total, 4), round(certified / total, 4), round(radius / total, 4))


def _batches(pictures: Pictures, device: Device) -> Iterator[tuple[Tensor, Tensor]]:
    for images, labels in zip(pictures.images.split(BATCH), pictures.labels.split(BATCH), strict=True):
        yield images.to(device).float().div(255), labels.to(device)


@torch.no_grad()
def _right(classifier: nn.Module, pixels: Tensor, labels: Tensor) -> Tensor:
    logits: Tensor = classifier(pixels)
    return logits.argmax(1) == labels
