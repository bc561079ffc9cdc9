"""`python -m models.report DATA`: measures every classifier of the built-in pack and prints a Markdown table."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

import models
from models.catalog import CARDS, Card
from models.pictures import Pictures, read

PACK = "tiny"
BATCH = 128
COMMAND = "python -m models.report DATA"


@dataclass(frozen=True)
class Accuracy:
    """Shares of the pictures, from 0 to 1, whose class came first, or among the first five."""

    top1: float
    top5: float
    pictures: int


@torch.no_grad()
def accuracy(classifier: nn.Module, pictures: Pictures, device: torch.device | str = "cpu") -> Accuracy:
    """How often a classifier (pixels in [0,1] to logits, on that device) is right about these pictures."""
    first = among = 0
    for images, labels in zip(pictures.images.split(BATCH), pictures.labels.split(BATCH), strict=True):
        logits = classifier(images.to(device).float().div(255)).cpu()
        hits = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels[:, None]
        first += int(hits[:, 0].sum())
        among += int(hits.any(dim=1).sum())
    total = len(pictures)
    return Accuracy(round(first / total, 4), round(among / total, 4), total)


def measure(card: Card, pictures: Pictures, device: torch.device | str = "cpu") -> Accuracy:
    """Measures one classifier and writes the figures, with their command, into the JSON beside its weights."""
    found = accuracy(models.load(card.name, device), pictures, device)
    notes = card.notes | {"accuracy": {**asdict(found), "command": COMMAND}}
    path = card.weights.with_suffix(".json")
    path.write_text(json.dumps(notes, indent=2, ensure_ascii=False) + "\n")
    return found


def row(card: Card) -> str:
    """One line of the Markdown table, from what was measured last."""
    notes = card.notes
    found, recipe = notes["accuracy"], notes["recipe"]
    return (
        f"| `{card.name}` | {card.title} | {notes['parameters'] / 1e6:.1f} M "
        f"| {found['top1']:.1%} | {found['top5']:.1%} "
        f"| {recipe['mode']}: {recipe['note']}; {recipe['epochs']} epochs, "
        f"{recipe['seconds'] / 60:.0f} min on {recipe['device']} |"
    )


def table(cards: list[Card], pictures: int) -> str:
    """The pack's figures as Markdown."""
    return "\n".join(
        [
            f"Measured on {pictures} validation pictures by `{COMMAND}`.",
            "",
            "| name | network | parameters | top-1 | top-5 | training |",
            "|---|---|---|---|---|---|",
            *map(row, cards),
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.report", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these, such as tiny/resnet")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args(arguments)
    wanted = options.only or models.names(PACK)
    unknown = [name for name in wanted if name not in CARDS]
    if unknown:
        raise SystemExit(f"Unknown classifier {', '.join(unknown)}: use {', '.join(models.names(PACK))}.")
    try:
        pictures = read(options.data, "val")
    except ValueError as problem:
        raise SystemExit(str(problem)) from None
    for name in wanted:
        measure(CARDS[name], pictures, options.device)
    measured = [CARDS[name] for name in models.names(PACK) if "accuracy" in CARDS[name].notes]
    print(table(measured, len(pictures)))


if __name__ == "__main__":
    main()
