"""How many pictures each trio still names rightly after PGD, and after MORA.

MORA's point (Yu et al. 2022): trios trained to disagree look robust to PGD, whose gradient their disagreement blurs,
and less so to an attack that weighs the sub-models anew at each step. Both attacks know the trio, and how its three
become one; they take equally many steps.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

import models
from demo.measure import judging
from demo.measure.judging import attacked, drawn, percent, right
from models.defences import defend
from models.packs import trios

MODES = {"softmax": ("softmax", "predictions"), "vote": ("voting", "logits"), "logits": ("logits", "logits")}
"""The defence that forms one juror -> MORA's mode, and the fusion by which PGD follows the same juror."""
STEPS = 20

arguments = partial(judging.arguments, pictures=240, epsilon=2)


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print."""
    pixels, labels = drawn(options.data, "trios", options.pictures)
    yield from lines(pixels, labels, options.epsilon)
    yield (f"\n{len(labels)} validation pictures; {STEPS} steps at {options.epsilon:g}/255.")


def lines(pixels: Tensor, labels: Tensor, epsilon: float, steps: int = STEPS) -> Iterator[str]:
    """The table, row by row; shares of all pictures."""
    yield "| trio | one by one | answers by | clean | after PGD | after MORA |\n|---|---|---|---|---|---|"
    for title, names in trios().items():
        members = [models.load(name) for name in names]
        alone = torch.stack([right(member, pixels, labels) for member in members])
        attack = partial(attacked, networks=members, pixels=pixels, labels=labels, epsilon=epsilon, steps=steps, seed=0)
        for place, (defence, (mode, fusion)) in enumerate(MODES.items()):
            jury = defend(defence, members)
            shown = (pixels, attack("pgd", fusion=fusion), attack("mora", mode=mode))
            shares = [percent(right(jury, pictures, labels)) for pictures in shown]
            head = f"{title} | {percent(alone)}" if place == 0 else " | "
            yield f"| {head} | `{defence}` | {' | '.join(shares)} |"
