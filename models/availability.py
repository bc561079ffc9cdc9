"""What a choice of classifiers takes, and whether it can be had, asked before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.catalog import find, names
from models.packs import PACKS
from models.weights import hub


class Needs(NamedTuple):
    """download: bytes that must be fetched first. memory: bytes that the weights take once loaded."""

    download: int
    memory: int


def needs(wanted: Iterable[str]) -> Needs:
    """What loading these classifiers takes, without loading any; batch statistics (under 1 %) are not counted."""
    cards = [find(name) for name in dict.fromkeys(wanted)]
    missing = [card for card in cards if card.hub and not hub.at_hand(card.hub)]
    shipped = [card for card in cards if not card.hub]
    # A hub's file has four bytes a parameter; a shipped one has two, and is loaded with four.
    memory = sum(4 * card.parameters for card in cards) + sum(
        2 * card.weights.stat().st_size for card in shipped if card.weights.exists()
    )
    return Needs(sum(4 * card.parameters for card in missing), memory)


class Availability(NamedTuple):
    """usable: whether a pack can be used now. why: if not, a sentence for the visitor; else empty."""

    usable: bool
    why: str


def available(pack: str) -> Availability:
    """Whether networks of that pack can be had now: on this machine, or from a hub that answers within seconds."""
    cards = [find(name) for name in names(pack)]
    if PACKS[pack].shipped or any(hub.at_hand(card.hub) for card in cards):
        return Availability(True, "")
    why = hub.trouble(cards[0].hub)
    return Availability(not why, why)
