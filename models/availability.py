"""What a choice of classifiers takes, and whether it can be had, asked before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.card import Card
from models.catalog import find, names
from models.weights import hub, package


class Needs(NamedTuple):
    """download: bytes that must be fetched first. memory: bytes that the weights take once loaded."""

    download: int
    memory: int


def needs(wanted: Iterable[str]) -> Needs:
    """What loading these classifiers takes, without loading any; batch statistics (under 1 %) are not counted."""
    cards = [find(name) for name in dict.fromkeys(wanted)]
    missing = [card for card in cards if card.hub and not hub.at_hand(card.hub)]
    return Needs(sum(4 * card.parameters for card in missing), sum(4 * _parameters(card) for card in cards))


def _parameters(card: Card) -> int:
    """How many numbers a network has; of a shipped file by its size: it stores them in half precision."""
    if card.parameters or not card.weights.exists():
        return card.parameters
    return card.weights.stat().st_size // 2


def at_hand(name: str) -> bool:
    """Whether the classifier of that name can be loaded without fetching anything."""
    card = find(name)
    if card.package:
        return package.find(card.package) is not None
    return hub.at_hand(card.hub) is not None if card.hub else card.weights.exists()


class Availability(NamedTuple):
    """usable: whether a pack can be used now. why: if not, a sentence for the visitor; else empty."""

    usable: bool
    why: str


def available(pack: str) -> Availability:
    """Whether the pack's networks can be had now: those to begin with on this machine, or from a hub that answers."""
    if any(at_hand(name) for name in names(pack)):
        return Availability(True, "")
    why = reachable(pack)
    return Availability(not why, why)


def reachable(pack: str) -> str:
    """Why the hub cannot give the pack's other networks now, as a sentence; empty where it can, or none is its own."""
    repositories = [find(name).hub for name in names(pack) if find(name).hub]
    return hub.trouble(repositories[0]) if repositories else ""
