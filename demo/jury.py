"""Who sits on the jury of one run: surrogates, held-out classifiers, and the defended ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import models
from demo.verdict import Juror
from models import CARDS, Classifier
from models.defences import DEFENCES, defend

GUARDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("jpeg", {"quality": 75}),
    ("bit-depth", {"bits": 3}),
    ("random-resize-pad", {}),
)
"""The defences that stand in front of a held-out classifier in every run, with their parameters."""

Loader = Callable[[], Classifier]


def summon(surrogates: Sequence[str], pack: str, device: str) -> list[tuple[Juror, Classifier]]:
    """Every juror of a run with its classifier, in the order of the page: three groups.

    Held-out is every classifier of the pack that is no surrogate; those trained to be robust count as defended.
    The guards stand in front of the best held-out normal classifier, or, where none is left, in front of the
    first surrogate: the attack then knows the network, but not its guard.
    """
    jury = [(_plain(name, "surrogate"), models.load(name, device)) for name in surrogates]
    rest = [name for name in models.names(pack) if name not in surrogates]
    normal = [name for name in rest if CARDS[name].role == "normal"]
    jury += [(_plain(name, "held-out"), models.load(name, device)) for name in normal]
    jury += [(_plain(name, "defended"), models.load(name, device)) for name in rest if name not in normal]
    guarded = max(normal, key=top1) if normal else surrogates[0]
    for name, parameters in GUARDS:
        jury.append((_guarded(guarded, name), defend(name, models.load(guarded, device), **parameters)))
    return jury


def top1(name: str) -> float:
    """Measured top-1 accuracy of a classifier, a fraction of 1; 0 where none was measured."""
    return float(CARDS[name].notes.get("accuracy", {}).get("top1", 0.0))


def _plain(name: str, group: str) -> Juror:
    card = CARDS[name]
    return Juror(name, card.title, group, name, card.color)


def _guarded(network: str, defence: str) -> Juror:
    card, row = CARDS[network], DEFENCES[defence]
    return Juror(
        f"{network}+{defence}", f"{card.title} behind {row.title}", "defended", network, card.color, row.random
    )
