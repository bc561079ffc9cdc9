"""The catalogue: what each classifier is (`catalog.toml`), how good it was measured to be, and how to load it."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import nn

from models.classifier import Classifier
from models.networks import Blueprint
from models.shelf import Shelf

HERE = Path(__file__).parent
MEMORY_LIMIT = int(os.environ.get("QUORUM_MEMORY_MB", "2048")) * 2**20


class WeightsError(RuntimeError):
    """A weights file is missing or damaged; the message names the file and the cure."""


@dataclass(frozen=True)
class Card:
    """One classifier's stanza: how people know it, how it is built, where its weights lie."""

    name: str
    title: str
    family: str
    year: int
    paper: str
    role: str
    color: str
    blueprint: Blueprint
    weights: Path
    sha256: str

    @property
    def pack(self) -> str:
        return self.name.split("/")[0]

    @property
    def path(self) -> str:
        """Where the weights lie, as a person would look for them: from the project's folder on."""
        return str(self.weights.relative_to(HERE.parent)) if self.weights.is_relative_to(HERE) else str(self.weights)

    @property
    def notes(self) -> dict[str, Any]:
        """What was recorded beside the weights: recipe, parameters, measured accuracy (fractions of 1)."""
        path = self.weights.with_suffix(".json")
        return json.loads(path.read_text()) if path.exists() else {}


def _card(name: str, stanza: dict[str, Any]) -> Card:
    fields = dict(stanza)
    blueprint = Blueprint(
        library=fields.pop("library"),
        network=fields.pop("network"),
        arguments=fields.pop("arguments", {}),
        identity=tuple(fields.pop("identity", ())),
    )
    weights = HERE / name.split("/")[0] / "weights" / fields.pop("weights")
    return Card(name=name, blueprint=blueprint, weights=weights, **fields)


CARDS: dict[str, Card] = {
    name: _card(name, stanza) for name, stanza in tomllib.loads((HERE / "catalog.toml").read_text()).items()
}
PACKS = tuple(dict.fromkeys(card.pack for card in CARDS.values()))
_shelf: Shelf[tuple[str, str], Classifier] = Shelf(MEMORY_LIMIT)


def names(pack: str = "tiny") -> list[str]:
    """The names of a pack's classifiers, in the catalogue's order; ValueError for an unknown pack."""
    if pack not in PACKS:
        raise ValueError(f"Unknown pack {pack!r}: use one of {', '.join(PACKS)}.")
    return [card.name for card in CARDS.values() if card.pack == pack]


@cache
def vocabulary(pack: str = "tiny") -> dict[str, str]:
    """WordNet id -> class name, in the order of the pack's logits."""
    return tomllib.loads((HERE / pack / "labels.toml").read_text())


def load(name: str, device: str | torch.device = "cpu") -> Classifier:
    """The classifier of that name, ready to judge and to be attacked: eval mode, frozen parameters.

    Loaded at its first use, kept on a shelf bounded in bytes (`QUORUM_MEMORY_MB`), shared by all threads.
    Raises ValueError for an unknown name and WeightsError for a missing or damaged file.
    """
    if name not in CARDS:
        raise ValueError(f"Unknown classifier {name!r}: use one of {', '.join(CARDS)}.")
    return _shelf.get((name, str(device)), lambda: _read(CARDS[name], device))


def _read(card: Card, device: str | torch.device) -> Classifier:
    labels = tuple(vocabulary(card.pack).values())
    network = card.blueprint.build(len(labels))
    _fill(network, card)
    # Every classifier of this pack sees the pack's own canvas, whatever it is given.
    classifier = Classifier(network, labels, card=card, size=64)
    return classifier.float().eval().requires_grad_(False).to(device)


def _fill(network: nn.Module, card: Card) -> None:
    """Puts the file's weights into the network, after checking that it is the file the catalogue means."""
    cure = "Download the project again, or restore the file with git."
    try:
        content = card.weights.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights file {card.path} cannot be read. {cure}") from error
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise WeightsError(f"The weights file {card.path} is damaged: its SHA-256 is not the catalogue's. {cure}")
    missing, unexpected = network.load_state_dict(safetensors.torch.load(content), strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise WeightsError(
            f"The weights file {card.path} does not fit the network {card.blueprint.network}: "
            f"missing {missing[:3]}, unexpected {unexpected[:3]}. Mend the stanza {card.name} in catalog.toml."
        )
