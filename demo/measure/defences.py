"""Which defence of a held-out network helps against transferred pictures.

MI-FGSM attacks three surrogates; the held-out network never meets the attack. Counted are validation pictures that
surrogates and held-out network all get right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

import models
from demo.measure import judging
from demo.measure.judging import attacked, drawn, percent, right
from models.catalog import CARDS
from models.classifier import Classifier
from models.defences import DEFENCES, defend
from models.defences.binomial import fair_coin

SURROGATES = ("tiny/resnet", "tiny/densenet", "tiny/googlenet")
HELD_OUT = "tiny/regnet"

arguments = partial(judging.arguments, pictures=100, epsilon=8)


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print."""
    clean, labels = chosen(options.data, options.pictures)
    surrogates = [models.load(name) for name in SURROGATES]
    yield from lines(clean, attacked("mi-fgsm", surrogates, clean, labels, options.epsilon), labels)
    names = ", ".join(CARDS[name].title for name in SURROGATES)
    yield (
        f"\n{len(labels)} validation pictures; MI-FGSM at {options.epsilon:g}/255 on {names}; held-out: "
        f"{CARDS[HELD_OUT].title}."
    )


def chosen(data: Path, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` of four times as many pictures that all four networks get right."""
    pixels, labels = drawn(data, "tiny", 4 * count)
    known = torch.ones(len(labels), dtype=torch.bool)
    for name in (*SURROGATES, HELD_OUT):
        known &= right(models.load(name), pixels, labels)
    return pixels[known][:count], labels[known][:count]


def defended() -> Iterator[tuple[str, Classifier]]:
    """Every defence with its defaults in front of the held-out network, or made of all of its role never attacked.

    Of one that is made of hardened networks, those as a plain jury too: what is theirs, and what the defence adds.
    """
    unseen = [name for name in models.names("tiny") if name not in SURROGATES]
    yield "`none`", models.load(HELD_OUT)
    for name, row in DEFENCES.items():
        jury = [models.load(member) for member in unseen if CARDS[member].role == row.made_of]
        yield f"`{name}`", defend(name, jury if row.several else models.load(HELD_OUT))
        if row.several and row.made_of != "normal":
            yield f"without `{name}`, its networks as a plain jury", defend("softmax", jury)


def lines(clean: Tensor, adversarial: Tensor, labels: Tensor) -> Iterator[str]:
    """The table, row by row. A defence helps (or harms) where McNemar's exact test against none gives p < 0.05."""
    yield "| defence | right on clean | right on adversarial | against none |\n|---|---|---|---|"
    bare = None
    for name, classifier in defended():
        before, after = right(classifier, clean, labels), right(classifier, adversarial, labels)
        bare = after if bare is None else bare
        gained, lost = int((after & ~bare).sum()), int((bare & ~after).sum())
        certain = bool(gained + lost) and fair_coin(gained, lost) < 0.05
        word = ("helps" if gained > lost else "harms") if certain else "no clear difference" if name != "`none`" else ""
        yield f"| {name} | {percent(before)} | {percent(after)} | {word} |"
