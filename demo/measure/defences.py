"""Which defence of a held-out network helps against transferred pictures.

One attack on three surrogates; the held-out network never meets the attack. Counted are validation pictures that
surrogates and held-out network all get right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

import models
from demo.attacks import RECIPES
from demo.measure import judging
from demo.measure.judging import attacked, right, share
from demo.run.roster import roster
from models.catalog import CARDS
from models.classifier import Classifier
from models.defences import DEFENCES, defend
from models.defences.binomial import fair_coin
from models.packs import DEFAULT_PACK, PACKS

SURROGATES = ("tiny/resnet", "tiny/densenet", "tiny/googlenet")
HELD_OUT = "tiny/regnet"


@dataclass(frozen=True)
class Side:
    """Who is attacked, and the held-out network that the defences stand in front of."""

    surrogates: tuple[str, ...]
    held_out: str


def side(pack: str) -> Side:
    """The built-in pack's own, or the networks that another pack begins with."""
    if pack == DEFAULT_PACK:
        return Side(SURROGATES, HELD_OUT)
    begin = PACKS[pack].starters()
    return Side(begin.surrogates, begin.held_out[0])


def arguments(parser: argparse.ArgumentParser) -> None:
    judging.arguments(parser, pictures=100, epsilon=8)
    judging.of_pack(parser)
    parser.add_argument("--attack", choices=list(RECIPES), default="mi-fgsm")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print."""
    who = side(options.pack)
    clean, labels = chosen(options.data, options.pack, options.pictures)
    surrogates = [models.load(name) for name in who.surrogates]
    adversarial = attacked(options.attack, surrogates, clean, labels, options.epsilon)
    yield from lines(clean, adversarial, labels, options.pack)
    names = ", ".join(CARDS[name].title for name in who.surrogates)
    yield (
        f"\n{len(labels)} validation pictures; {RECIPES[options.attack].title} at {options.epsilon:g}/255 on {names}; "
        f"held-out: {CARDS[who.held_out].title}."
    )


def chosen(data: Path, pack: str, count: int) -> tuple[Tensor, Tensor]:
    """`count` pictures that all four networks get right; fewer where there are no more.

    Raises:
        ValueError: there is none.
    """
    networks = [models.load(name) for name in (*side(pack).surrogates, side(pack).held_out)]
    return judging.known(networks, data, pack, count)


def defended(pack: str = DEFAULT_PACK) -> Iterator[tuple[str, Classifier]]:
    """Every defence with its defaults in front of the held-out network, or made of all of its role never attacked.

    Of one that is made of hardened networks, those as a plain jury too: what is theirs, and what the defence adds. A
    pack with one held-out network has no such juries; there the jury that the page begins with stands for them.
    """
    who = side(pack)
    yield "`none`", models.load(who.held_out)
    if pack != DEFAULT_PACK:
        yield from _of_page(pack, who)
        return
    unseen = [name for name in models.names(pack) if name not in who.surrogates]
    for name, row in DEFENCES.items():
        jury = [models.load(member) for member in unseen if CARDS[member].role == row.made_of]
        yield f"`{name}`", defend(name, jury if row.several else models.load(who.held_out))
        if row.several and row.made_of != "normal":
            yield f"without `{name}`, its networks as a plain jury", defend("softmax", jury)


def _of_page(pack: str, who: Side) -> Iterator[tuple[str, Classifier]]:
    for name, row in DEFENCES.items():
        if not row.several:
            yield f"`{name}`", defend(name, models.load(who.held_out))
    for entry in roster(who.surrogates, [who.held_out], PACKS[pack].guards):
        if entry.defence and DEFENCES[entry.defence].several:
            yield f"`{entry.defence}` of it and the page's guarded selves", entry.load("cpu")


def lines(clean: Tensor, adversarial: Tensor, labels: Tensor, pack: str = DEFAULT_PACK) -> Iterator[str]:
    """The table, row by row. A defence helps (or harms) where McNemar's exact test against none gives p < 0.05."""
    yield "| defence | pictures | right on clean | right on adversarial | against none |\n|---|---|---|---|---|"
    bare = None
    for name, classifier in defended(pack):
        before, after = right(classifier, clean, labels), right(classifier, adversarial, labels)
        bare = after if bare is None else bare
        gained, lost = int((after & ~bare).sum()), int((bare & ~after).sum())
        certain = bool(gained + lost) and fair_coin(gained, lost) < 0.05
        word = ("helps" if gained > lost else "harms") if certain else "no clear difference" if name != "`none`" else ""
        yield f"| {name} | {len(labels)} | {share(before)} | {share(after)} | {word} |"
