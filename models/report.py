"""`python -m models.report DATA`: measures the classifiers of the built-in pack and prints a Markdown table.

Accuracy, or with `--table robust` accuracy under PGD-20, or with `--table smoothed` accuracy under noise, or with
`--table transfer` who is fooled by whose adversarial pictures, or with `--defences` accuracy behind every defence.
The first three are also written into the JSON beside the weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import models
from models import WeightsError
from models.catalog import CARDS, Card, vocabulary
from models.defences import defend
from models.measure import BUDGETS, Accuracy, Device, accuracy, robustness, smoothed, transfer
from models.pictures import Pictures, read
from models.report_defences import defences_table
from models.supply import SHIPPED

Figures = dict[str, dict[str, Any]]
"""By a card's name, what is to be kept beside its weights."""


def accuracy_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """Top-1 and top-5 of every card, role by role and the best first."""
    found = {card.name: accuracy(models.load(card.name, device), pictures, device) for card in cards}
    ranked = sorted(cards, key=lambda card: (ROLES.index(card.role), -found[card.name].top1))
    rows = [accuracy_row(card, found[card.name]) for card in ranked]
    figures = {name: asdict(accuracy) for name, accuracy in found.items()}
    return _markdown("name | network | parameters | top-1 | top-5 | training", rows), figures


def accuracy_row(card: Card, found: Accuracy) -> str:
    """One line of the accuracy table. "more epochs": of one that was begun with an older file's weights."""
    recipe = card.notes["recipe"]
    more = " more" if "begun" in recipe else ""
    return (
        f"`{card.name}` | {card.title} | {card.notes['parameters'] / 1e6:.1f} M | {found.top1:.1%} | {found.top5:.1%} "
        f"| {recipe['mode']}, {recipe['epochs']}{more} epochs"
    )


def robust_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """Top-1 of every card under PGD-20."""
    rows: list[str] = []
    figures: Figures = {}
    for card in cards:
        found = robustness(models.load(card.name, device), pictures, device)
        shares = {str(budget): share for budget, share in found.items()}
        figures[card.name] = {**shares, "attack": "PGD-20, random start", "pictures": len(pictures)}
        rows.append(" | ".join([f"`{card.name}`", *(f"{share:.1%}" for share in found.values())]))
    return _markdown(" | ".join(["top-1 under PGD-20 at", *(f"{budget}/255" for budget in BUDGETS)]), rows), figures


def smoothed_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """After SEM's Table I: each network bare and clean, and smoothed by the noise it was trained under."""
    rows: list[str] = []
    figures: Figures = {}
    for card in cards:
        network = models.load(card.name, device)
        bare = accuracy(network, pictures, device).top1
        found = smoothed(defend("smoothing", network, sigma=card.sigma), pictures, device)
        figures[card.name] = {"sigma": card.sigma, **asdict(found), "pictures": len(pictures)}
        shares = f"{bare:.1%} | {found.right:.1%} | {found.certified:.1%}"
        rows.append(f"`{card.name}` | {card.sigma} | {shares} | {found.radius:.2f}")
    return _markdown("name | σ | bare, without noise | majority | certified | mean radius", rows), figures


def transfer_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """TREND's transferability matrix of the cards."""
    shares = transfer([models.load(card.name, device) for card in cards], pictures, device)
    rows = [
        " | ".join([f"`{card.name}`", *(f"{float(share):.0%}" for share in row)])
        for card, row in zip(cards, shares, strict=True)
    ]
    return _markdown(" | ".join(["made on ↓, shown to →", *(card.title for card in cards)]), rows), {}


# name -> how it is made, and the roles of the cards that it is about
ROLES = ("normal", "robust", "smoothed", "quantised", "control")
TABLES = {
    "accuracy": (accuracy_table, ("normal", "robust", "quantised", "control")),
    "robust": (robust_table, ("robust",)),
    "smoothed": (smoothed_table, ("smoothed",)),
    "transfer": (transfer_table, ("normal",)),
    "defences": (lambda *given: (defences_table(*given), {}), ("normal",)),
}
KEPT = {"accuracy": "accuracy", "robust": "robust_accuracy", "smoothed": "smoothed_accuracy"}
"""The table -> what its figures are called beside the weights."""


def _command(options: argparse.Namespace) -> str:
    """What measured it, with the data's path left out."""
    words = ["python -m models.report DATA"]
    words += [f"--table {options.table}"] if options.table != "accuracy" else []
    words += [f"--every {options.every}"] if options.every > 1 else []
    words += [f"--pack {options.pack}"] if options.pack != "tiny" else []
    return " ".join([*words, *(["--only", *options.only] if options.only else [])])


def _keep(card: Card, **figures: Any) -> None:
    """Writes figures into the JSON beside the card's weights; what else stands there stays."""
    path = card.weights.with_suffix(".json")
    path.write_text(json.dumps(card.notes | figures, indent=2, ensure_ascii=False) + "\n")


def _markdown(heads: str, rows: Sequence[str]) -> str:
    rule = "|" + "---|" * (heads.count("|") + 1)
    return "\n".join([f"| {heads} |", rule, *(f"| {row} |" for row in rows)])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.report", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--table", choices=TABLES, default="accuracy")
    parser.add_argument("--defences", dest="table", action="store_const", const="defences", help="that table")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th picture only")
    parser.add_argument("--pack", choices=SHIPPED, default="tiny", help="which networks, where --only does not say")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these, such as tiny/resnet")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args(arguments)
    known = [name for pack in SHIPPED for name in models.names(pack)]
    unknown = [name for name in options.only or () if name not in known]
    if unknown:
        raise SystemExit(f"Unknown classifier {', '.join(unknown)}: use {', '.join(known)}.")
    make, roles = TABLES[options.table]
    everybody = [CARDS[name] for name in models.names(options.pack)]
    cards = [CARDS[name] for name in options.only or ()] or [card for card in everybody if card.role in roles]
    try:
        pictures = read(options.data, "val", tuple(vocabulary(options.pack)))
    except ValueError as problem:
        raise SystemExit(str(problem)) from None
    every = options.every = max(1, options.every)
    if every > 1 and options.table == "accuracy":
        raise SystemExit("--every goes with the slower tables: accuracy is kept on the cards, so all pictures count.")
    pictures = Pictures(pictures.images[::every], pictures.labels[::every], pictures.wnids)
    try:
        markdown, figures = make(cards, pictures, options.device)
    except (ValueError, WeightsError) as problem:
        raise SystemExit(str(problem)) from None
    for name, found in figures.items():
        _keep(CARDS[name], **{KEPT[options.table]: {**found, "command": _command(options)}})
    print(markdown)
    print(f"\nMeasured on {len(pictures)} validation pictures by `{_command(options)}`.")


if __name__ == "__main__":
    main()
