"""Card: what the catalogue says about one classifier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.networks import Blueprint
from models.weights.files import shown


@dataclass(frozen=True)
class Card:
    """One classifier's stanza: how people know it, how it is built, where its weights lie.

    weights, sha256: a file of this project. package: instead, a package from PyPI that holds the weights; sha256 is
    then that of its tensors (`models.weights.package.fingerprint`). hub: for the others the repository, such as
    timm/resnet50.tv_in1k, and weights is then that file's place inside the folder QUORUM_WEIGHTS. top1: what its
    authors published, a share of 1, at top1_side pixels; what this project measured is in `notes`. sigma: the
    standard deviation of the noise that the network was trained under, in pixel units of 1; 0 for most. size: the
    side in pixels that the network wants, where it is not its pack's. guard: the defence that it was trained behind
    and always looks through, with its settings, as in {"defence": "quantise-input", "bits": 2}. pixels: what the
    network wants done to its pixels, where that is not its pack's way (`Classifier`'s mean, std, channels,
    interpolation).
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
    package: str = ""
    hub: str = ""
    licence: str = ""
    parameters: int = 0
    sigma: float = 0.0
    size: int | None = None
    guard: Mapping[str, Any] = field(default_factory=dict)
    pixels: Mapping[str, Any] = field(default_factory=dict)
    top1: float | None = None
    top1_side: int | None = None

    @property
    def pack(self) -> str:
        """The name of the pack that it belongs to."""
        return self.name.split("/")[0]

    @property
    def path(self) -> str:
        """Where the weights lie, as a person would look for them: from the project's folder on."""
        return shown(self.weights)

    @property
    def notes(self) -> dict[str, Any]:
        """What was recorded beside the weights: recipe, parameters, measured accuracy (fractions of 1)."""
        path = self.weights.with_suffix(".json")
        return dict(json.loads(path.read_text())) if path.exists() else {}
