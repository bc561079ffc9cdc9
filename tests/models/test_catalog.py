"""The catalogue: every card has what it takes to be shown and built, and the shipped weights leave room."""

from __future__ import annotations

import re

import pytest

import models
from models import catalog
from models.measure.tables import ROLES


@pytest.mark.parametrize("name", list(models.CARDS))
def test_every_card_can_be_shown(name: str) -> None:
    card = models.CARDS[name]
    assert card.title
    assert card.family
    assert 1990 < card.year < 2030
    assert card.paper.startswith("https://")
    assert card.role in ROLES
    assert (card.sigma > 0) == (card.role == "smoothed")
    assert bool(card.sha256) != bool(card.hub), "a file of this project, or of the hub"
    assert re.fullmatch(r"#[0-9a-f]{6}", card.color)


def test_the_shipped_weights_leave_room() -> None:
    sizes = [path.stat().st_size for path in catalog.WEIGHTS.glob("*.safetensors")]
    assert sum(sizes) <= 60e6
    assert max(sizes) <= 12e6
