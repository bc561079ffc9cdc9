"""THE table of defences: menus, tests, the README's table and `defend()` follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from models.classifier import Classifier
from models.defences import (
    bit_depth,
    comdefend,
    ensembles,
    feature_distillation,
    halftone,
    hgd,
    jpeg,
    median_smoothing,
    nips_r3,
    nrp,
    quantise,
    random_resize_pad,
    sem,
    smoothing,
    sween,
)
from models.defences.defence import Defence
from models.defences.knobs import settle

_ROWS = (
    jpeg.ROW,
    bit_depth.ROW,
    median_smoothing.ROW,
    random_resize_pad.ROW,
    feature_distillation.ROW,
    nips_r3.ROW,
    smoothing.ROW,
    hgd.ROW,
    comdefend.ROW,
    nrp.ROW,
    quantise.INPUT,
    halftone.ROW,
    quantise.WEIGHTS,
    quantise.ACTIVATIONS,
    ensembles.SOFTMAX,
    ensembles.VOTE,
    ensembles.MAJORITY,
    ensembles.LOGITS,
    sem.ROW,
    sween.ROW,
)

DEFENCES: dict[str, Defence] = {defence.name: defence for defence in _ROWS}
NINE = (
    "hgd",
    "random-resize-pad",
    "nips-r3",
    "bit-depth",
    "jpeg",
    "feature-distillation",
    "comdefend",
    "smoothing",
    "nrp",
)
"""The nine defences on which SVRE and others measure black-box attacks, in their order."""


def settled(name: str, knobs: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of the named defence, those that are given and the others' defaults; ValueError as `defend`."""
    if not isinstance(name, str) or name not in DEFENCES:
        raise ValueError(f"Unknown defence {name!r}: use one of {', '.join(DEFENCES)}.")
    return settle(DEFENCES[name].title, DEFENCES[name].knobs, knobs)


@torch.inference_mode(False)  # what is made within it could not be attacked
def defend(name: str, classifier: Classifier | Sequence[Classifier], **knobs: Any) -> Classifier:
    """The classifier behind the named defence: a `Classifier` again, with the same labels.

    Args:
        name: one of `DEFENCES`.
        classifier: what stands behind it; a list of them for an ensemble (one alone is a list of one).
        knobs: the defence's settings, see `DEFENCES[name].knobs`; what is not given has its default.

    Returns:
        The defended classifier: attack it and judge it (`judge`) like any other.

    Raises:
        ValueError: for an unknown name, an unknown setting, a value out of range or the wrong number of classifiers,
            saying what is allowed.
        WeightsError: where the file of a learned defence is missing or damaged, with the cure.
    """
    whole = settled(name, knobs)
    defence = DEFENCES[name]
    members = _members(defence, classifier)
    defended = defence.build(members if defence.several else members[0], **whole)
    defended.training = any(member.training for member in members)  # its own flag alone: members keep theirs
    defended.random = defence.random or any(member.random for member in members)
    defended.by_query = defence.by_query or any(member.by_query for member in members)
    if defended.alpha is None and not defence.several:  # a guard in front does not make a cautious vote bold
        defended.alpha = members[0].alpha
    return defended


def _members(defence: Defence, given: Any) -> list[Classifier]:
    listed = isinstance(given, Sequence) and not isinstance(given, str)
    members = list(given) if listed else [given]
    if not members:
        raise ValueError(f"{defence.title} needs at least one classifier; the list is empty.")
    if listed and not defence.several:
        raise ValueError(f"{defence.title} stands in front of one Classifier, not of a list.")
    wrong = next((member for member in members if not isinstance(member, Classifier)), None)
    if wrong is not None:
        raise ValueError(f"{defence.title} takes Classifiers (models.load), not {type(wrong).__name__}.")
    return members
