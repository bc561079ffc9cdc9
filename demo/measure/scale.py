"""How the time of an attack grows: with surrogates, with iterations, with pixels and with pictures.

Surrogates are copies of one network, shown pictures at the side that they come in. The exponent is the slope of
log time over log size: 1 is a straight line, below 1 something is shared, above 1 something is asked more than once.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import linear_regression, median

import torch

import models
from demo.attacks import RECIPES, craft
from demo.measure import overhead
from demo.measure.overhead import CLOCKS, EPSILON, between, noise
from models import Classifier

NETWORK = "tiny/resnet"


@dataclass(frozen=True)
class Load:
    """What an attack has to do. side: of a picture, in pixels."""

    surrogates: int = 2
    steps: int = 5
    side: int = 64
    pictures: int = 4

    @property
    def pixels(self) -> int:
        return self.side**2


AXES = {
    "surrogates": ("surrogates", (1, 2, 4, 8)),
    "steps": ("steps", (5, 10, 20, 40)),
    "pixels": ("side", (32, 64, 128, 256)),
    "pictures": ("pictures", (1, 4, 16, 64)),
}
"""What grows -> the field that makes it grow, and its values."""
ATTACKS = ("mi-fgsm", "svre")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=11, help="of each, in turns; from 6 on an interval")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: where others use the machine too")
    parser.add_argument("--attacks", nargs="+", default=list(ATTACKS), metavar="NAME")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table, one row an attack and an axis."""
    yield overhead.machine()
    base = Load()
    usual = f"{base.surrogates} surrogates, {base.steps} steps, {base.pictures} pictures of {base.side} pixels a side"
    yield f"Copies of {NETWORK}; {usual}, but for what grows; {options.repeats} turns, {options.clock} time."
    yield ""
    yield "| attack | what grows | from | to | time at first | time at last | exponent | 95 % interval |"
    yield "|---|---|---|---|---|---|---|---|"
    network = copy.deepcopy(models.load(NETWORK))
    network.size = None
    for attack in options.attacks:
        for axis, (field, values) in AXES.items():
            loads = [one for value in values if fit(attack, one := replace(base, **{field: value}))]
            times = turns(attack, network, loads, options)
            sizes = [float(getattr(one, axis)) for one in loads]
            powers = [exponent(sizes, turn) for turn in times]
            first, last = (median(turn[place] for turn in times) for place in (0, -1))
            ends = f"{sizes[0]:.0f} | {sizes[-1]:.0f} | {first:.3f} s | {last:.2f} s"
            yield f"| {attack} | {axis} | {ends} | {median(powers):.2f} | {between(powers, '{:.2f}')} |"


def fit(attack: str, load: Load) -> bool:
    """Whether the load has as many surrogates as the attack needs."""
    return load.surrogates >= RECIPES[attack].members


def turns(attack: str, network: Classifier, loads: Sequence[Load], options: argparse.Namespace) -> list[list[float]]:
    """Seconds of each load, one after the other in every turn; the first turn, which only warms up, is left out."""
    now, taken = CLOCKS[options.clock], []
    juries = {count: [copy.deepcopy(network) for _ in range(count)] for count in {one.surrogates for one in loads}}
    pictures = {(one.pictures, one.side): noise(one.pictures, one.side) for one in loads}
    for _ in range(options.repeats + 1):
        seconds = []
        for one in loads:
            images, labels = pictures[one.pictures, one.side], torch.zeros(one.pictures, dtype=torch.long)
            began = now()
            craft(attack, juries[one.surrogates], images, labels, epsilon=EPSILON, steps=one.steps)
            seconds.append(now() - began)
        taken.append(seconds)
    return taken[1:]


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of log seconds over log sizes, by least squares."""
    return linear_regression([math.log(one) for one in sizes], [math.log(one) for one in seconds]).slope
