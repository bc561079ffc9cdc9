"""The catalogue: what each classifier is (`catalog.toml`), how good it was measured to be, and how to load it."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn

from models import hub
from models.classifier import Classifier
from models.download import FILE, Progress
from models.networks import Blueprint
from models.shelf import Shelf
from models.weights import fill, shown

HERE = Path(__file__).parent
SHIPPED = HERE / "tiny" / "weights"
MEMORY_LIMIT = int(os.environ.get("QUORUM_MEMORY_MB", "2048")) * 2**20


@dataclass(frozen=True)
class Card:
    """One classifier's stanza: how people know it, how it is built, where its weights lie.

    weights, sha256: a file of this project. hub: for the others the repository, such as timm/resnet50.tv_in1k, and
    weights is then that file's place inside the folder QUORUM_WEIGHTS. top1: what its authors published, a share of
    1, at top1_side pixels; what this project measured is in `notes`. sigma: the standard deviation of the noise that
    the network was trained under, in pixel units of 1; 0 for most. size: the side in pixels that the network wants,
    where it is not its pack's. guard: the defence that it was trained behind and always looks through, with its
    settings, as in {"defence": "quantise-input", "bits": 2}.
    """

    name: str
    title: str
    family: str
    year: int
    paper: str
    role: str
    color: str
    blueprint: Blueprint
    weights: Path
    sha256: str = ""
    hub: str = ""
    licence: str = ""
    parameters: int = 0
    sigma: float = 0.0
    size: int | None = None
    guard: Mapping[str, Any] = field(default_factory=dict)
    top1: float | None = None
    top1_side: int | None = None

    @property
    def pack(self) -> str:
        return self.name.split("/")[0]

    @property
    def path(self) -> str:
        """Where the weights lie, as a person would look for them: from the project's folder on."""
        return shown(self.weights)

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
        width=fields.pop("width", None),
    )
    weights = Path(blueprint.network, FILE) if "hub" in fields else SHIPPED / fields.pop("weights")
    return Card(name=name, blueprint=blueprint, weights=weights, **fields)


CARDS: dict[str, Card] = {
    name: _card(name, stanza) for name, stanza in tomllib.loads((HERE / "catalog.toml").read_text()).items()
}
PACKS = tuple(dict.fromkeys(card.pack for card in CARDS.values()))
DEFENDED = ("robust", "smoothed", "quantised")
"""The roles of networks that were trained for a defence."""
STUDIED = ("smoothed", "quantised", "control")
"""The roles whose networks are asked only where somebody wants them."""
SIDES = {"tiny": (64,), "trios": (64,), "imagenet": (299, 224)}
"""The canvas of each pack in pixels: what a picture is brought to before anybody looks; the first is the default."""
_shelf: Shelf[tuple[str, str], Classifier] = Shelf(MEMORY_LIMIT)


def names(pack: str = "tiny") -> list[str]:
    """The names of a pack's classifiers, in the catalogue's order; ValueError for an unknown pack."""
    if pack not in PACKS:
        raise ValueError(f"Unknown pack {pack!r}: use one of {', '.join(PACKS)}.")
    return [card.name for card in CARDS.values() if card.pack == pack]


@cache
def vocabulary(pack: str = "tiny") -> dict[str, str]:
    """WordNet id -> class name, in the order of the pack's logits; ValueError for an unknown pack."""
    names(pack)
    if pack == "imagenet":
        from models import imagenet

        return imagenet.vocabulary()
    return tomllib.loads((HERE / "tiny" / "labels.toml").read_text())


def load(name: str, device: str | torch.device = "cpu", progress: Progress | None = None) -> Classifier:
    """The classifier of that name, ready to judge and to be attacked: eval mode, frozen parameters.

    Loaded at its first use, kept on a shelf bounded in bytes (`QUORUM_MEMORY_MB`), shared by all threads. One that
    was moved, converted in place (`.double()`), thawed, or put into training mode, stays with whoever did so, and the
    next load makes it anew. progress: told the title, the bytes here and the bytes in all during a download. Raises
    ValueError for an unknown name or device and WeightsError, which is a sentence for the visitor, for a missing,
    damaged or unreachable file.
    """
    card, there = find(name), place(device)

    def fits(kept: Classifier) -> bool:
        changed = any(part.training for part in kept.modules()) or any(p.requires_grad for p in kept.parameters())
        here = (kept.mean.device.type, kept.mean.dtype) == (there.type, torch.float32)
        return here and not changed and kept.generator is None

    return _shelf.get((name, str(there)), lambda: _read(card, there, progress), fits)


def place(device: str | torch.device) -> torch.device:
    """The device of that name; ValueError where it is unknown or not there."""
    try:
        found = torch.device(device)
        known = found.type in ("cpu", "cuda")
    except (RuntimeError, TypeError):
        known = False
    if not known:
        raise ValueError(f"Unknown device {device!r}: use cpu, cuda or cuda:0.")
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"There is no GPU for {device!r} here: use cpu.")
    return found


def find(name: str) -> Card:
    """The card of that name; ValueError for an unknown one."""
    if not isinstance(name, str) or name not in CARDS:
        raise ValueError(f"Unknown classifier {name!r}: use one of {', '.join(CARDS)}.")
    return CARDS[name]


@torch.inference_mode(False)  # else one load inside it would leave a network that nobody can ever attack
def _read(card: Card, device: torch.device, progress: Progress | None) -> Classifier:
    if card.hub:
        # The file first: where it cannot be had, that is known before timm is even imported.
        path = hub.find(card.hub, card.title, progress)
        from models import imagenet

        classifier = imagenet.read(card, path, tuple(vocabulary(card.pack).values()))
    else:
        labels = tuple(vocabulary(card.pack).values())
        with torch.random.fork_rng(devices=[]):  # initial weights are drawn, and then replaced
            network = card.blueprint.build(len(labels))
        _fill(network, card)
        # Every classifier of this pack sees the pack's own canvas, whatever it is given.
        classifier = Classifier(network, labels, card=card, size=card.size or SIDES[card.pack][0])
        if card.guard:
            from models.defences import defend

            settings = dict(card.guard)
            classifier = defend(settings.pop("defence"), classifier, **settings)
    return classifier.float().eval().requires_grad_(False).to(device)


def _fill(network: nn.Module, card: Card) -> None:
    """Puts the card's weights into its network; WeightsError where the file is not the one the catalogue means."""
    fill(network, card.weights, card.sha256, f"{card.blueprint.network} of {card.name}")
