"""The kinds of networks that there are, for tests that try one of each."""

from __future__ import annotations

from typing import Any

import pytest

import models
from models.availability import at_hand
from models.card import Card


def families() -> list[Any]:
    """One network of each kind that is on this machine; those for photographs take their time."""
    found: dict[str, Card] = {}
    for card in models.CARDS.values():
        if not card.hub and at_hand(card.name):
            found.setdefault(f"{card.blueprint} {card.package}", card)
    return [pytest.param(c.name, marks=[pytest.mark.slow] * (c.pack == "imagenet")) for c in found.values()]
