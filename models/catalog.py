"""The catalogue of classifiers: `catalog.toml`, read into cards."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from models.card import Card
from models.networks import Blueprint
from models.weights.download import FILE

HERE = Path(__file__).parent
WEIGHTS = HERE / "tiny" / "weights"
"""Where a shipped file of weights lies, unless its stanza names a folder of models."""
DEFENDED = ("robust", "smoothed", "quantised")
"""The roles of networks that were trained for a defence."""
STUDIED = ("smoothed", "quantised", "control")
"""The roles whose networks are asked only where somebody wants them."""


def _card(name: str, stanza: dict[str, Any]) -> Card:
    fields = dict(stanza)
    blueprint = Blueprint(
        library=fields.pop("library"),
        network=fields.pop("network"),
        arguments=fields.pop("arguments", {}),
        identity=tuple(fields.pop("identity", ())),
        width=fields.pop("width", None),
    )
    # Where a package or the hub has the weights, this is their place in a local folder.
    elsewhere = "hub" in fields or "package" in fields
    weights = Path(blueprint.network, FILE) if elsewhere else _placed(fields.pop("weights"))
    return Card(name=name, blueprint=blueprint, weights=weights, **fields)


def _placed(file: str) -> Path:
    return HERE / file if "/" in file else WEIGHTS / file


CARDS: dict[str, Card] = {
    name: _card(name, stanza) for name, stanza in tomllib.loads((HERE / "catalog.toml").read_text()).items()
}


def names(pack: str = "tiny") -> list[str]:
    """The names of a pack's classifiers.

    Args:
        pack: "tiny", "trios" or "imagenet".

    Returns:
        Names for `load`, in the catalogue's order.

    Raises:
        ValueError: for an unknown pack, saying which there are.
    """
    packs = tuple(dict.fromkeys(card.pack for card in CARDS.values()))
    if pack not in packs:
        raise ValueError(f"Unknown pack {pack!r}: use one of {', '.join(packs)}.")
    return [card.name for card in CARDS.values() if card.pack == pack]


def find(name: str) -> Card:
    """The card of that name; ValueError for an unknown one."""
    if not isinstance(name, str) or name not in CARDS:
        raise ValueError(f"Unknown classifier {name!r}: use one of {', '.join(CARDS)}.")
    return CARDS[name]
