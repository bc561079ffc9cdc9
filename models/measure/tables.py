"""The tables that `python -m models.measure` prints, each with the figures that are kept beside the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from models.card import Card
from models.defences import defend
from models.loading import load
from models.measure.accuracy import BUDGETS, Accuracy, Device, accuracy, robustness, smoothed
from models.pictures import Pictures

Figures = dict[str, dict[str, Any]]
"""By a card's name, what is to be kept beside its weights."""


def accuracy_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """Top-1 and top-5 of every card, role by role and the best first."""
    found = {card.name: accuracy(load(card.name, device), pictures, device) for card in cards}
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
        found = robustness(load(card.name, device), pictures, device)
        shares = {str(budget): share for budget, share in found.items()}
        figures[card.name] = {**shares, "attack": "PGD-20, random start", "pictures": len(pictures)}
        rows.append(" | ".join([f"`{card.name}`", *(f"{share:.1%}" for share in found.values())]))
    return _markdown(" | ".join(["top-1 under PGD-20 at", *(f"{budget}/255" for budget in BUDGETS)]), rows), figures


def smoothed_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> tuple[str, Figures]:
    """After SEM's Table I: each network bare and clean, and smoothed by the noise it was trained under."""
    rows: list[str] = []
    figures: Figures = {}
    for card in cards:
        network = load(card.name, device)
        bare = accuracy(network, pictures, device).top1
        found = smoothed(defend("smoothing", network, sigma=card.sigma), pictures, device)
        figures[card.name] = {"sigma": card.sigma, **asdict(found), "pictures": len(pictures)}
        shares = f"{bare:.1%} | {found.right:.1%} | {found.certified:.1%}"
        rows.append(f"`{card.name}` | {card.sigma} | {shares} | {found.radius:.2f}")
    return _markdown("name | σ | bare, without noise | majority | certified | mean radius", rows), figures


def _markdown(heads: str, rows: Sequence[str]) -> str:
    rule = "|" + "---|" * (heads.count("|") + 1)
    return "\n".join([f"| {heads} |", rule, *(f"| {row} |" for row in rows)])


# name -> how it is made, and the roles of the cards that it is about
ROLES = ("normal", "robust", "smoothed", "quantised", "control")
TABLES = {
    "accuracy": (accuracy_table, ("normal", "robust", "quantised", "control")),
    "robust": (robust_table, ("robust",)),
    "smoothed": (smoothed_table, ("smoothed",)),
}
KEPT = {"accuracy": "accuracy", "robust": "robust_accuracy", "smoothed": "smoothed_accuracy"}
"""The table -> what its figures are called beside the weights."""
