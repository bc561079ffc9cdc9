"""Every attack on the same pictures: who is fooled, at what cost, in what time.

Surrogates are attacked, held-out networks never touched. Counted are validation pictures that all of them get
right before the attack. Judged is what a visitor would download: 8 bits, no byte outside the ball.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

import models
from demo.attacks import RECIPES, iterate
from demo.attacks.recipes import recipe
from demo.measure import judging
from demo.measure.judging import LEVELS, at_once, eight_bits
from models.defences.binomial import wilson
from models.packs import PACKS


@dataclass(frozen=True)
class Row:
    """One attack: fooled, `(1 + M + H, N)` bool, the jury's verdict, then the surrogates', then the held-outs'.

    gradients, passes: backward and forward passes through one surrogate that each picture took. seconds: for each.
    """

    title: str
    fooled: Tensor
    gradients: float
    passes: float
    seconds: float


@dataclass(frozen=True)
class Bench:
    """Pictures `(N,3,H,W)` in [0,1], their labels, who is attacked and who is not; epsilon in levels of 255."""

    images: Tensor
    labels: Tensor
    surrogates: Sequence[models.Classifier]
    held_out: Sequence[models.Classifier]
    epsilon: float
    steps: int
    seed: int

    def first(self, count: int) -> Bench:
        """The same with its first pictures alone."""
        return replace(self, images=self.images[:count], labels=self.labels[:count])

    def run(self, name: str, **knobs: Any) -> Row:
        """One attack on all pictures, batch by batch."""
        fooled, gradients, passes, seconds = [], 0, 0, 0.0
        for images, labels in self._batches():
            started = time.perf_counter()
            *_, last = iterate(
                name,
                self.surrogates,
                images,
                labels,
                epsilon=self.epsilon / LEVELS,
                steps=self.steps,
                seed=self.seed,
                **knobs,
            )
            seconds += time.perf_counter() - started
            gradients += last.cost * len(images)
            passes += last.queries * len(images)
            fooled.append(self._fooled(eight_bits(last.adversarial, images, self.epsilon), labels))
        count = len(self.images)
        extras = ", ".join(
            f"{key}={'+'.join(value) if isinstance(value, tuple) else value}" for key, value in knobs.items()
        )
        title = RECIPES[name].title + (f" ({extras})" if extras else "")
        return Row(title, torch.cat(fooled, 1), gradients / count, passes / count, seconds / count)

    def noise(self) -> Row:
        """The control: every colour value moved by epsilon, up or down by chance."""
        coin, fooled = torch.Generator().manual_seed(self.seed), []
        for images, labels in self._batches():
            signs = torch.randint(0, 2, images.shape, generator=coin).to(images) * 2 - 1
            moved = images + signs * self.epsilon / LEVELS
            fooled.append(self._fooled(eight_bits(moved, images, self.epsilon), labels))
        return Row("*random signs (control)*", torch.cat(fooled, 1), 0, 0, 0)

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        size = at_once(self.images)
        return zip(self.images.split(size), self.labels.split(size), strict=True)

    @torch.no_grad()
    def _fooled(self, pictures: Tensor, labels: Tensor) -> Tensor:
        answers = [classifier(pictures) for classifier in (*self.surrogates, *self.held_out)]
        jury = torch.stack(answers[: len(self.surrogates)]).softmax(-1).mean(0)
        return torch.stack([answer.argmax(1) != labels for answer in (jury, *answers)]).cpu()


def bench(options: argparse.Namespace) -> Bench:
    """Pictures that every network gets right, in an order that the seed shuffles; ValueError where there are none."""
    pack = PACKS[options.pack]
    surrogates = options.surrogates or list(pack.starters().surrogates)
    held = options.held_out or [name for name in pack.held_out() if name not in surrogates]
    both = [name for name in held if name in surrogates]
    if both:
        raise ValueError(f"{both[0]} is both a surrogate and held out: name it once.")
    networks = [models.load(name, options.device) for name in (*surrogates, *held)]
    choose = judging.agreed if options.agreed else judging.known
    images, truth = choose(networks, options.data, options.pack, options.pictures, options.seed, options.device)
    count = len(surrogates)
    return Bench(images, truth, networks[:count], networks[count:], options.epsilon, options.steps, options.seed)


def markdown(rows: Sequence[Row], laid: Bench) -> str:
    """The table: shares fooled in % with 95 % intervals (Wilson)."""
    white = [f"{network.card.title if network.card else '?'} (attacked)" for network in laid.surrogates]
    black = [f"**{network.card.title if network.card else '?'}**" for network in laid.held_out]
    timed = any(row.seconds for row in rows)
    costs = ["gradients", "passes", *(["s per picture"] if timed else [])]
    heads = ["attack", "pictures", "jury", *white, *black, *costs]
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for row in rows:
        shares = row.fooled.double().mean(1)
        low, high = wilson(shares, row.fooled.shape[1])
        cells = [f"{s:.1%} ({a:.0%}–{b:.0%})".replace("%", "") for s, a, b in zip(shares, low, high, strict=True)]
        costs = [f"{row.gradients:.0f}", f"{row.passes:.0f}", *([f"{row.seconds:.2f}"] if timed else [])]
        lines.append(f"| {' | '.join([row.title, str(row.fooled.shape[1]), *cells, *costs])} |")
    return "\n".join(lines)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    judging.arguments(parser, pictures=200, epsilon=8)
    parser.add_argument("--query-pictures", type=int, default=20, metavar="N", help="for attacks that only ask: slow")
    judging.of_pack(parser)
    parser.add_argument("--surrogates", nargs="+", metavar="NAME", help="unless given, the pack's own to begin with")
    parser.add_argument(
        "--held-out",
        nargs="+",
        metavar="NAME",
        help="unless given, the pack's other normal and adversarially trained networks",
    )
    parser.add_argument("--attacks", nargs="+", default=list(RECIPES), metavar="NAME")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--transforms", nargs="+", default=[], metavar="NAME", help="such as di ti si")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--agreed", action="store_true", help="DATA is a folder of any pictures: those that all networks call the same"
    )
    parser.add_argument("--untimed", action="store_true", help="no seconds: the machine has other work meanwhile")
    parser.add_argument("--device", default="cpu")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print; progress goes to standard error meanwhile."""
    chosen = [recipe(name) for name in options.attacks]
    laid = bench(options)
    rows = [laid.noise()]
    for attack in chosen:
        offered = any(knob.name == "transforms" for knob in attack.knobs)
        knobs = {"transforms": tuple(options.transforms)} if options.transforms and offered else {}
        shown = laid.first(options.query_pictures) if attack.idea == "ask" else laid
        row = shown.run(attack.name, **knobs)
        sys.stderr.write(f"{row.title}: {row.seconds:.2f} s per picture\n")
        rows.append(replace(row, seconds=0.0) if options.untimed else row)
    yield markdown(rows, laid)
    names = ", ".join(network.card.name for network in (*laid.surrogates, *laid.held_out) if network.card)
    kind = "photographs that {} name alike" if options.agreed else "validation pictures that {} classify correctly"
    yield (
        f"\n{len(laid.images)} {kind.format(names)}, epsilon {options.epsilon:g}/255, "
        f"{options.steps} steps, seed {options.seed}; fooled in % (95 % interval), judged in 8 bits; jury: the mean "
        "probability of the attacked; gradients, passes: through one attacked network, for each picture."
    )
