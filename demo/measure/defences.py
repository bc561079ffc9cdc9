"""`python -m demo.measure.defences DATA`: which defence of a held-out network helps against transferred pictures.

MI-FGSM attacks three surrogates; the held-out network never meets the attack. Counted are validation pictures that
surrogates and held-out network all get right. Judged is what a visitor would download: 8 bits, inside the ball.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

import models
from demo.attacks import craft
from demo.measure.attacks import eight_bits
from models.catalog import CARDS, vocabulary
from models.classifier import Classifier
from models.defences import DEFENCES, defend, judge
from models.defences.binomial import fair_coin
from models.pictures import read

SURROGATES = ("tiny/resnet", "tiny/densenet", "tiny/googlenet")
HELD_OUT = "tiny/regnet"
BATCH = 64


def right(classifier: Classifier, pixels: Tensor, labels: Tensor) -> Tensor:
    """`(N,)` bool: named rightly, and not left open, by the verdict of `judge` with its defaults."""
    generator, found = torch.Generator().manual_seed(0), []
    for batch, wanted in zip(pixels.split(BATCH), labels.split(BATCH), strict=True):
        verdict = judge(classifier, batch, generator=generator)
        found.append((verdict.top == wanted) & ~verdict.abstains)
    return torch.cat(found)


def chosen(data: Path, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` validation pictures, taken evenly from all classes, that all four networks get right."""
    pictures = read(data, "val", tuple(vocabulary("tiny")))
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(0))[: 4 * count]
    pixels, labels = pictures.images[order].float() / 255, pictures.labels[order]
    known = torch.ones(len(labels), dtype=torch.bool)
    for name in (*SURROGATES, HELD_OUT):
        known &= right(models.load(name), pixels, labels)
    return pixels[known][:count], labels[known][:count]


def attacked(pixels: Tensor, labels: Tensor, epsilon: float) -> Tensor:
    """MI-FGSM's pictures, rounded to 8 bits."""
    surrogates = [models.load(name) for name in SURROGATES]
    batches = zip(pixels.split(BATCH), labels.split(BATCH), strict=True)
    made = [craft("mi-fgsm", surrogates, batch, wanted, epsilon=epsilon / 255) for batch, wanted in batches]
    return eight_bits(torch.cat(made), pixels, epsilon)


def defended() -> Iterator[tuple[str, Classifier]]:
    """Every defence with its defaults in front of the held-out network, or made of all networks never attacked."""
    normal = [name for name in models.names("tiny") if CARDS[name].role == "normal" and name not in SURROGATES]
    jury = [models.load(name) for name in normal]
    yield "none", models.load(HELD_OUT)
    for name, row in DEFENCES.items():
        yield name, defend(name, jury if row.several else models.load(HELD_OUT))


def lines(clean: Tensor, adversarial: Tensor, labels: Tensor) -> Iterator[str]:
    """The table, row by row. A defence helps (or harms) where McNemar's exact test against none gives p < 0.05."""
    yield "| defence | right on clean | right on adversarial | against none |\n|---|---|---|---|"
    bare = None
    for name, classifier in defended():
        before, after = right(classifier, clean, labels), right(classifier, adversarial, labels)
        bare = after if bare is None else bare
        gained, lost = int((after & ~bare).sum()), int((bare & ~after).sum())
        certain = bool(gained + lost) and fair_coin(gained, lost) < 0.05
        word = ("helps" if gained > lost else "harms") if certain else "no clear difference" if name != "none" else ""
        yield f"| `{name}` | {_percent(before)} | {_percent(after)} | {word} |"


def _percent(found: Tensor) -> str:
    return f"{found.float().mean():.0%}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.measure.defences", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--epsilon", type=int, default=8, help="in levels of 255")
    options = parser.parse_args(arguments)
    clean, labels = chosen(options.data, options.pictures)
    adversarial = attacked(clean, labels, options.epsilon)
    for line in lines(clean, adversarial, labels):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    names = ", ".join(CARDS[name].title for name in SURROGATES)
    sys.stdout.write(
        f"\n{len(labels)} validation pictures; MI-FGSM at {options.epsilon}/255 on {names}; held-out: "
        f"{CARDS[HELD_OUT].title}. `python -m demo.measure.defences DATA --pictures {options.pictures}`\n"
    )


if __name__ == "__main__":
    main()
