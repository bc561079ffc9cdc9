"""`python -m models.measure DATA`: measures the classifiers of the built-in pack and prints a Markdown table.

Accuracy, or with `--table robust` accuracy under PGD-20, or with `--table smoothed` accuracy under noise. All are also
written into the JSON beside the weights. What attacks and defences do is the lab's: `python -m demo.lab --list`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.card import Card
from models.catalog import CARDS, names
from models.measure.tables import KEPT, TABLES
from models.packs import DEFAULT_PACK, PACKS
from models.pictures import Pictures, read
from models.weights.errors import WeightsError

SHIPPED = [name for name, pack in PACKS.items() if pack.shipped]


def _command(options: argparse.Namespace) -> str:
    """What measured it, with the data's path left out."""
    words = ["python -m models.measure DATA"]
    words += [f"--table {options.table}"] if options.table != "accuracy" else []
    words += [f"--every {options.every}"] if options.every > 1 else []
    words += [f"--pack {options.pack}"] if options.pack != DEFAULT_PACK else []
    return " ".join([*words, *(["--only", *options.only] if options.only else [])])


def _keep(card: Card, **figures: Any) -> None:
    """Writes figures into the JSON beside the card's weights; what else stands there stays."""
    path = card.weights.with_suffix(".json")
    path.write_text(json.dumps(card.notes | figures, indent=2, ensure_ascii=False) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.measure", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--table", choices=TABLES, default="accuracy")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th picture only")
    parser.add_argument(
        "--pack", choices=SHIPPED, default=DEFAULT_PACK, help="which networks, where --only does not say"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these, such as tiny/resnet")
    parser.add_argument("--device", default="cpu")
    return parser


def _cards(options: argparse.Namespace) -> list[Card]:
    """Those that were asked for, or those of the pack that the table is about."""
    known = [name for pack in SHIPPED for name in names(pack)]
    unknown = [name for name in options.only or () if name not in known]
    if unknown:
        raise ValueError(f"Unknown classifier {', '.join(unknown)}: use {', '.join(known)}.")
    if options.only:
        return [CARDS[name] for name in options.only]
    _, roles = TABLES[options.table]
    return [CARDS[name] for name in names(options.pack) if CARDS[name].role in roles]


def _pictures(options: argparse.Namespace) -> Pictures:
    pictures = read(options.data, "val", tuple(PACKS[options.pack].vocabulary()))
    every = options.every
    if every > 1 and options.table == "accuracy":
        raise ValueError("--every goes with the slower tables: accuracy is kept on the cards, so all pictures count.")
    return Pictures(pictures.images[::every], pictures.labels[::every], pictures.wnids)


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    options.every = max(1, options.every)
    make, _ = TABLES[options.table]
    try:
        cards, pictures = _cards(options), _pictures(options)
        markdown, figures = make(cards, pictures, options.device)
    except (ValueError, WeightsError) as problem:
        raise SystemExit(str(problem)) from None
    for name, found in figures.items():
        _keep(CARDS[name], **{KEPT[options.table]: {**found, "command": _command(options)}})
    print(markdown)
    print(f"\nMeasured on {len(pictures)} validation pictures by `{_command(options)}`.")


if __name__ == "__main__":
    main()
