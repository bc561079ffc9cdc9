"""What measurements share: which pictures are shown, what is made of them, and who still names them rightly."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from demo.attacks import craft
from models.classifier import Classifier
from models.defences import judge
from models.packs import PACKS
from models.pictures import read

BATCH = 64
LEVELS = 255


def arguments(parser: argparse.ArgumentParser, pictures: int, epsilon: float) -> None:
    """Where the pictures are, how many of them, and how far they may be moved."""
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--pictures", type=counted, default=pictures, metavar="N")
    parser.add_argument("--epsilon", type=float, default=epsilon, help="in levels of 255")


def counted(words: str) -> int:
    """A whole number above 0, for an argument."""
    if not words.isdigit() or int(words) < 1:
        raise argparse.ArgumentTypeError(f"{words} is not a number of pictures: use 1 or more.")
    return int(words)


def drawn(data: Path, pack: str, count: int) -> tuple[Tensor, Tensor]:
    """`(count,3,64,64)` validation pictures in [0,1] with their labels, from all classes, the same at each call."""
    pictures = read(data, "val", tuple(PACKS[pack].vocabulary()))
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(0))[:count]
    return pictures.images[order].float() / LEVELS, pictures.labels[order]


def attacked(
    attack: str, networks: Sequence[Classifier], pixels: Tensor, labels: Tensor, epsilon: float, **knobs: Any
) -> Tensor:
    """What a visitor would download: the attack's pictures in 8 bits. epsilon: in levels of 255."""
    batches = zip(pixels.split(BATCH), labels.split(BATCH), strict=True)
    made = [craft(attack, networks, batch, wanted, epsilon=epsilon / LEVELS, **knobs) for batch, wanted in batches]
    return eight_bits(torch.cat(made), pixels, epsilon)


def eight_bits(pictures: Tensor, originals: Tensor, epsilon: float) -> Tensor:
    """Rounded to whole levels, none further than epsilon (in levels) from the original's."""
    levels, original = (pictures * LEVELS).round(), (originals * LEVELS).round()
    reach = int(epsilon + 1e-6)
    return torch.clamp(levels, original - reach, original + reach).clamp(0, LEVELS) / LEVELS


def right(classifier: Classifier, pixels: Tensor, labels: Tensor) -> Tensor:
    """`(N,)` bool: named rightly, and not left open, by the verdict of `judge` with its defaults."""
    generator, found = torch.Generator().manual_seed(0), []
    for batch, wanted in zip(pixels.split(BATCH), labels.split(BATCH), strict=True):
        verdict = judge(classifier, batch, generator=generator)
        found.append((verdict.top == wanted) & ~verdict.abstains)
    return torch.cat(found)


def percent(found: Tensor) -> str:
    """The share of true values, to one digit after the point."""
    return f"{found.float().mean():.1%}"
