"""`python -m demo.measure.trios DATA`: how many pictures each trio still names rightly after PGD, and after MORA.

MORA's point (Yu et al. 2022): trios trained to disagree look robust to PGD, whose gradient their disagreement blurs,
and less so to an attack that weighs the sub-models anew at each step. Both attacks know the trio, and how its three
become one; they take equally many steps. Judged is what a visitor would download: 8 bits, inside the ball.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import models
from demo.attacks import craft
from demo.measure.attacks import eight_bits
from demo.measure.defences import right
from models.catalog import CARDS, vocabulary
from models.defences import defend
from models.pictures import read

BATCH = 64
MODES = {"softmax": ("softmax", "predictions"), "vote": ("voting", "losses"), "logits": ("logits", "logits")}
"""The defence that forms one juror -> MORA's mode, and the fusion by which PGD follows the same juror."""


def trios() -> dict[str, list[str]]:
    """The pack's trios: names of three networks by the name they share."""
    found: dict[str, list[str]] = {}
    for name in models.names("trios"):
        found.setdefault(name.rpartition("-")[0], []).append(name)
    return found


def after(
    attack: str, members: Sequence[models.Classifier], pixels: Tensor, labels: Tensor, epsilon: int, **knobs: Any
) -> Tensor:
    """The attack's pictures after 20 steps, rounded to 8 bits."""
    made = [
        craft(attack, members, batch, wanted, epsilon=epsilon / 255, steps=20, seed=0, **knobs)
        for batch, wanted in zip(pixels.split(BATCH), labels.split(BATCH), strict=True)
    ]
    return eight_bits(torch.cat(made), pixels, epsilon)


def lines(pixels: Tensor, labels: Tensor, epsilon: int) -> Iterator[str]:
    """The table, row by row; shares of all pictures."""
    yield "| trio | one by one | answers by | clean | after PGD | after MORA |\n|---|---|---|---|---|---|"
    for names in trios().values():
        members = [models.load(name) for name in names]
        alone = torch.stack([right(member, pixels, labels) for member in members])
        for place, (defence, (mode, fusion)) in enumerate(MODES.items()):
            jury = defend(defence, members)
            moved = after("pgd", members, pixels, labels, epsilon, fusion=fusion)
            weighed = after("mora", members, pixels, labels, epsilon, mode=mode)
            shares = [_percent(right(jury, shown, labels)) for shown in (pixels, moved, weighed)]
            title = CARDS[names[0]].title.rpartition(" ")[0]
            head = f"{title} | {_percent(alone)}" if place == 0 else " | "
            yield f"| {head} | `{defence}` | {' | '.join(shares)} |"


def _percent(found: Tensor) -> str:
    return f"{found.float().mean():.1%}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.measure.trios", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--pictures", type=int, default=240)
    parser.add_argument("--epsilon", type=int, default=2, help="in levels of 255")
    options = parser.parse_args(arguments)
    found = read(options.data, "val", tuple(vocabulary("trios")))
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[: options.pictures]
    pixels, labels = found.images[order].float() / 255, found.labels[order]
    for line in lines(pixels, labels, options.epsilon):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"\n{len(labels)} validation pictures; 20 steps at {options.epsilon}/255. "
        f"`python -m demo.measure.trios DATA --pictures {options.pictures} --epsilon {options.epsilon}`\n"
    )


if __name__ == "__main__":
    main()
