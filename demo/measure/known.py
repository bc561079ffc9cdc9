"""Which rule tells pictures that a jury knows from those that it does not.

Known are validation pictures whose likeliest class, by the surrogates' mean probability, is the right one. They are
told from pictures of other things (a folder of them; files named like a class are left out), from noise, and from the
validation pictures that are named wrongly. AUROC: how often a picture of the first kind gets the higher value of two.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

import models
from demo.measure import judging
from demo.measure.judging import ENDINGS, at_once, share
from demo.run.picture import read, to_tensor
from models.classifier import Ensemble
from models.packs import PACKS

NOISES = 60

Rule = Callable[[Tensor], Tensor]
RULES: dict[str, Rule] = {
    "mean probability": lambda logits: logits.softmax(-1).mean(0).amax(-1),
    "least probability of any network": lambda logits: _of_the_guess(logits).amin(0),
    "share of networks that agree": lambda logits: (logits.argmax(-1) == _guess(logits)).float().mean(0),
    "margin of the first two": lambda logits: -logits.softmax(-1).mean(0).topk(2).values.diff(dim=-1)[:, 0],
    "entropy": lambda logits: -torch.special.entr(logits.softmax(-1).mean(0)).sum(-1),
    "energy": lambda logits: logits.logsumexp(-1).mean(0),
}
"""What may tell the two kinds apart: logits (M,N,C) to (N,), higher where the picture seems known."""


def arguments(parser: argparse.ArgumentParser) -> None:
    judging.arguments(parser, pictures=600, epsilon=0)
    judging.of_pack(parser)
    parser.add_argument("--others", type=Path, required=True, help="a folder of pictures of other things")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print."""
    pack = PACKS[options.pack]
    jury = Ensemble([models.load(name) for name in pack.starters().surrogates])
    pixels, labels = judging.drawn(options.data, options.pack, options.pictures)
    seen = answers(jury, pixels)
    named = _guess(seen) == labels
    others = answers(jury, torch.cat([to_tensor(read(path, pack.side)) for path in of_other_things(options)]))
    noise = answers(jury, noises(pack.side))
    kinds = {"other things": others, "noise": noise, "named wrongly": seen[:, ~named]}
    yield from lines(seen[:, named], kinds, pack.sure)
    counts = ", ".join(f"{kind}: {logits.shape[1]}" for kind, logits in kinds.items())
    yield f"\nPictures named rightly: {int(named.sum())}; {counts}."


def lines(known: Tensor, kinds: dict[str, Tensor], sure: float) -> Iterator[str]:
    """The table: each rule's AUROC, and what the rule in use takes for known."""
    yield f"| rule | known | {' | '.join(kinds)} |"
    yield "|---" * (len(kinds) + 2) + "|"
    for name, rule in RULES.items():
        yield f"| {name}, AUROC | | {' | '.join(f'{auroc(rule(known), rule(them)):.3f}' for them in kinds.values())} |"
    taken = " | ".join(share(believed(logits, sure)) for logits in (known, *kinds.values()))
    yield f"| **in use**: most agree, mean probability {sure:g}; taken for known, % | {taken} |"


def believed(logits: Tensor, sure: float) -> Tensor:
    """The rule in use, `(N,)`."""
    agreeing = (logits.argmax(-1) == _guess(logits)).float().mean(0) > 0.5
    return agreeing & (RULES["mean probability"](logits) >= sure)


def auroc(higher: Tensor, lower: Tensor) -> float:
    """How often one of the first is above one of the second; half where they are level."""
    pairs = higher[:, None] - lower[None]
    return float((pairs > 0).float().mean() + (pairs == 0).float().mean() / 2)


@torch.no_grad()
def answers(jury: Ensemble, pixels: Tensor) -> Tensor:
    """`(M,N,C)`: every network's logits."""
    return torch.cat([jury(some) for some in pixels.split(at_once(pixels))], 1)


def of_other_things(options: argparse.Namespace) -> list[Path]:
    """The folder's pictures but those whose path has a word of a class's name; ValueError where none is left."""
    words = {
        word for name in PACKS[options.pack].vocabulary().values() for word in re.findall(r"[a-z]{4,}", name.lower())
    }
    found = sorted(path for path in options.others.rglob("*") if path.suffix.lower() in ENDINGS)
    kept = [path for path in found if not words & set(re.findall(r"[a-z]{4,}", _inside(path, options.others)))]
    if not kept:
        raise ValueError(f"{options.others} holds no picture of other things ({', '.join(ENDINGS)}).")
    return kept


def _inside(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)).lower()


def noises(side: int) -> Tensor:
    """Grains, plain colours and soft blots, as many of each."""
    generator = torch.Generator().manual_seed(0)
    sides = (side, 1, 8)
    drawn = [torch.rand(NOISES // len(sides), 3, one, one, generator=generator) for one in sides]
    return torch.cat([F.interpolate(one, (side, side), mode="bicubic").clamp(0, 1) for one in drawn])


def _guess(logits: Tensor) -> Tensor:
    return logits.softmax(-1).mean(0).argmax(-1)


def _of_the_guess(logits: Tensor) -> Tensor:
    chances = logits.softmax(-1)
    return chances.gather(-1, _guess(logits).expand(len(chances), -1)[..., None])[..., 0]
