"""Loading: from a name to a classifier that is ready to judge and to be attacked."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from functools import partial

import torch
from torch import nn

from models import pretrained
from models.card import Card
from models.catalog import find
from models.classifier import Classifier
from models.defences import defend
from models.packs import pack
from models.prepared import prepare
from models.recordings import record
from models.weights import hub, package
from models.weights.cache import Cache
from models.weights.download import OnBytes
from models.weights.files import fill

MEMORY_LIMIT = int(os.environ.get("QUORUM_MEMORY_MB", "2048")) * 2**20
_cache: Cache[tuple[str, str, bool], Classifier] = Cache(MEMORY_LIMIT)


def load(
    name: str, device: str | torch.device = "cpu", progress: OnBytes | None = None, *, prepared: bool = True
) -> Classifier:
    """The classifier of that name, ready to judge and to be attacked: eval mode, frozen parameters.

    Loaded at its first use, kept in a cache bounded in bytes (`QUORUM_MEMORY_MB`), shared by all threads. One that
    was moved, converted in place (`.double()`), thawed, or put into training mode, stays with whoever did so, and the
    next load makes it anew.

    Args:
        name: a classifier of the catalogue, such as "tiny/resnet".
        device: where it shall be: "cpu", "cuda", "cuda:0" and so on.
        progress: told the title, the bytes here and the bytes in all during a download; what it raises stops it.
        prepared: made ready for speed (`models.prepared`): the same logits and gradients by folded BatchNorms. Without
            it the network has the layers and weights of its file, to be trained on or looked into.

    Returns:
        A `Classifier`, from pixels `(N,3,H,W)` in [0,1] to logits; with `labels`, and `card`, its catalogue entry.

    Raises:
        ValueError: for an unknown name, or a device that is unknown or not there.
        WeightsError: for a missing, damaged or unreachable file; the message is a sentence for the visitor.
    """
    card, there = find(name), place(device)

    def fits(kept: Classifier) -> bool:
        changed = any(part.training for part in kept.modules()) or any(p.requires_grad for p in kept.parameters())
        here = (kept.mean.device.type, kept.mean.dtype) == (there.type, torch.float32)
        return here and not changed and kept.generator is None

    make = _prepared if prepared else _read
    return _cache.get((name, str(there), prepared), lambda: make(card, there, progress), fits)


def expect_attack(classifier: Classifier) -> None:
    """Has done now what the first attack on it would otherwise wait for (`models.recordings`)."""
    inner = _innermost(classifier)
    record(inner.network, _sample(inner))


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


def _prepared(card: Card, device: torch.device, progress: OnBytes | None) -> Classifier:
    """What was read, and checked against its file before, made ready for speed."""
    classifier = _read(card, device, progress)
    inner = _innermost(classifier)
    inner.network = prepare(inner.network, _sample(inner), copied=False)
    inner.original = partial(_original, card.name, device)
    return classifier


def _original(name: str, device: torch.device, network: nn.Module) -> nn.Module:
    """A copy of the network that was prepared, or the given one where somebody has changed its weights since."""
    inner, like = _innermost(load(name, device, prepared=False)), next(network.parameters())
    known, given = prepare(inner.network, _sample(inner)).to(like).state_dict(), network.state_dict()
    if known.keys() != given.keys() or not all(torch.equal(known[key], given[key]) for key in known):
        return network
    return copy.deepcopy(inner.network).to(like)


def _innermost(classifier: Classifier) -> Classifier:
    """The one behind the guard, if any."""
    return next(part for part in classifier.modules() if type(part) is Classifier)


def _sample(classifier: Classifier) -> torch.Tensor:
    """What its network takes: `(1,3,size,size)`, numbers about 0, none like its neighbour."""
    side = classifier.size or 0
    return torch.linspace(-2, 2, 3 * side**2, device=classifier.mean.device).view(1, 3, side, side)


@torch.inference_mode(False)  # else one load inside it would leave a network that nobody can ever attack
def _read(card: Card, device: torch.device, progress: OnBytes | None) -> Classifier:
    if card.hub:
        # The file first: where it cannot be had, that is known before timm is even imported.
        path = hub.find(card.hub, card.title, progress)
        classifier = pretrained.read(card, path, tuple(pack(card.pack).vocabulary().values()))
    else:
        classifier = _at_hand(card, tuple(pack(card.pack).vocabulary().values()))
    return classifier.float().eval().requires_grad_(False).to(device)


def _at_hand(card: Card, labels: Sequence[str]) -> Classifier:
    """A network with this project's or a package's weights, behind the guard that it was trained behind, if any."""
    with torch.random.fork_rng(devices=[]):  # initial weights are drawn, and then replaced
        network = card.blueprint.build(len(labels))
    if card.package:
        package.fill(network, card.package, card.sha256, card.title)
    else:
        fill(network, card.weights, card.sha256, f"{card.blueprint.network} of {card.name}")
    # Every classifier of a pack sees the pack's own canvas, whatever it is given.
    classifier = Classifier(network, labels, card=card, size=card.size or pack(card.pack).side, **card.pixels)
    if not card.guard:
        return classifier
    settings = dict(card.guard)
    return defend(settings.pop("defence"), classifier, **settings)
