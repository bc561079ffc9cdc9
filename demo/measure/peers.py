"""Our attacks beside those of a public library on the same networks and pictures: who is fooled, and how long it takes.

A library is named with `--peer` and must be installed; none of them is needed otherwise. Most attack one network, so
that theirs is the mean of the surrogates' logits, which ours fuse as well. They get the networks as anybody loads them,
ours are prepared (`models.prepared`) and give the same logits; with `--prepared` theirs are, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import metadata
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

import models
from demo.attacks import RECIPES, craft
from demo.measure import judging, overhead
from demo.measure.judging import LEVELS, at_once, eight_bits
from demo.measure.libraries import PEERS, Build, Settings, Way, imported
from demo.measure.overhead import CLOCKS, between
from demo.measure.results import LIBRARIES
from models import Classifier
from models.defences.binomial import wilson
from models.packs import PACKS


class MeanLogits(nn.Module):
    """The surrogates as one network."""

    def __init__(self, surrogates: Sequence[Classifier]) -> None:
        super().__init__()
        self.members = nn.ModuleList(surrogates)

    def forward(self, pictures: Tensor) -> Tensor:
        return torch.stack([member(pictures) for member in self.members]).mean(0)


def arguments(parser: argparse.ArgumentParser) -> None:
    judging.arguments(parser, pictures=200, epsilon=8)
    judging.of_pack(parser)
    parser.add_argument("--peer", nargs="+", required=True, metavar="MODULE", help=f"installed: {', '.join(PEERS)}")
    parser.add_argument("--prepared", action="store_true", help="theirs get the networks prepared for speed, too")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batches", type=judging.counted, nargs="+", default=[1, 32], metavar="N", help="timed")
    parser.add_argument("--repeats", type=int, default=11, help="of each, in turns; from 6 on an interval")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: where others use the machine too")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table, one row a library and an attack: fooled in %, theirs and ours, and ratios of times."""
    libraries = {name: imported(name) for name in options.peer}
    row = PACKS[options.pack]
    names = row.starters().surrogates
    others = [name for name in row.held_out() if name not in names]
    surrogates, held_out = ([models.load(name) for name in some] for some in (names, others))
    given = surrogates if options.prepared else [models.load(name, prepared=False) for name in names]
    images, labels = judging.known([*surrogates, *held_out], options.data, options.pack, options.pictures)
    yield overhead.machine((*LIBRARIES, *(_distribution(name) for name in libraries)))
    yield (
        f"{len(images)} validation pictures that all classify correctly, epsilon {options.epsilon:g}/255, "
        f"{options.steps} steps; attacked: {', '.join(names)}; held out: {', '.join(others)}. Fooled in % (95 % "
        f"interval), judged in 8 bits; held out: the mean over networks, its interval by pictures; theirs attack the "
        f"networks {'prepared as ours are' if options.prepared else 'as they are loaded, ours prepared ones'}; times: "
        f"{options.repeats} turns, {options.clock} time, median and 95 % interval of each turn's ratio."
    )
    yield ""
    timed = " | ".join(f"time, theirs ÷ ours, batch {size} | 95 % interval, batch {size}" for size in options.batches)
    yield f"| library | attack | jury, theirs | jury, ours | held out, theirs | held out, ours | {timed} |"
    yield "|---|---|---|---|---|---" + "|---|---" * len(options.batches) + "|"
    for name, library in libraries.items():
        for attack, build in PEERS[name].items():
            ways = both(attack, build, library, (given, surrogates), options)
            fooled = [told(way, surrogates, held_out, images, labels, options.epsilon) for way in ways]
            shares = " | ".join(f"{theirs} | {ours}" for theirs, ours in zip(*fooled, strict=True))
            ratios = [turns(ways, images[:size], labels[:size], options) for size in options.batches]
            times = " | ".join(f"{median(one):.2f} | {between(one, '{:.2f}')}" for one in ratios)
            yield f"| {name} | {RECIPES[attack].title} | {shares} | {times} |"


def _distribution(name: str) -> str:
    return metadata.packages_distributions().get(name, [name])[0]


def both(
    attack: str,
    build: Build,
    library: Any,
    surrogates: tuple[Sequence[Classifier], Sequence[Classifier]],
    options: argparse.Namespace,
) -> tuple[Way, Way]:
    """Theirs and ours at equal settings, each on the networks that it gets."""
    epsilon = options.epsilon / LEVELS
    step = RECIPES[attack].default_step(epsilon, options.steps)
    assert isinstance(step, float)
    theirs = build(library, MeanLogits(surrogates[0]).eval(), Settings(epsilon, step, options.steps))
    return theirs, partial(craft, attack, surrogates[1], epsilon=epsilon, steps=options.steps)


def told(
    way: Way,
    surrogates: Sequence[Classifier],
    held_out: Sequence[Classifier],
    images: Tensor,
    labels: Tensor,
    epsilon: float,
) -> tuple[str, str]:
    """Fooled in %, with intervals: the jury by its mean logits, and the held-out networks on average."""
    torch.manual_seed(0)
    size = at_once(images)
    made = [way(some, truth) for some, truth in zip(images.split(size), labels.split(size), strict=True)]
    judged = eight_bits(torch.cat(made), images, epsilon)
    with torch.no_grad():
        jury = torch.cat([MeanLogits(surrogates)(some).argmax(1) for some in judged.split(size)]) != labels
    apart = torch.stack([judging.named(network, judged) != labels for network in held_out]).double()
    return judging.share(jury), averaged(apart)


def averaged(fooled: Tensor) -> str:
    """Over networks and pictures `(H,N)`, in %, with the 95 % interval of the mean of as many pictures.

    By Wilson's interval: for values between 0 and 1 the variance of pictures is at most that of yes and no.
    """
    share = fooled.mean()
    low, high = wilson(share, fooled.shape[1])
    return f"{100 * share:.1f} ({100 * low:.0f}–{100 * high:.0f})"


def turns(ways: Sequence[Way], images: Tensor, labels: Tensor, options: argparse.Namespace) -> list[float]:
    """Their time over ours, turn by turn; the first turn, which only warms up, is left out."""
    now, ratios = CLOCKS[options.clock], []
    for turn in range(options.repeats + 1):
        seconds = [0.0, 0.0]
        for place in (0, 1) if turn % 2 else (1, 0):
            began = now()
            ways[place](images, labels)
            seconds[place] = now() - began
        ratios += [seconds[0] / seconds[1]] * bool(turn)
    return ratios
