"""What the three learned purifiers (HGD, ComDefend, NRP) have in common: a trained network in front of a classifier.

`purifiers.toml` has a stanza for each: weights (a file under models/tiny/weights), sha256, and arguments for its
network. It is read when somebody wants the defence, so that a missing file is a sentence then and no missing row.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences.guard import Guarded
from models.weights.errors import WeightsError
from models.weights.files import fill, shown

STANZAS = Path(__file__).with_name("purifiers.toml")
FOLDER = Path(__file__).parents[1] / "tiny" / "weights"


@dataclass(frozen=True, eq=False)
class Purify:
    """Sends the pictures through a network first; what leaves [0,1] is cut off."""

    network: nn.Module

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        purified: Tensor = self.network(pixels)
        return purified.clamp(0, 1)


class Purified(Guarded):
    """Behind a purifier of the classifier's own device and precision."""

    def __init__(self, classifier: Classifier, purifier: nn.Module) -> None:
        super().__init__(classifier, Purify(purifier))
        self.purifier = purifier  # a part of this module, so that it moves with it


def builder(
    name: str, network: Callable[..., nn.Module], stanzas: Path = STANZAS, folder: Path = FOLDER
) -> Callable[[Classifier], Classifier]:
    """Puts the trained purifier of that name in front of a classifier; `network` makes it from its arguments.

    What it returns raises WeightsError, with the cure, where stanza or file is missing or damaged.
    """

    @cache
    def read(device: torch.device, dtype: torch.dtype) -> nn.Module:
        stanza = tomllib.loads(stanzas.read_text()).get(name)
        if stanza is None:
            raise WeightsError(
                f"{name} has no stanza in {shown(stanzas)}: train it with `python -m models.training {name} --data "
                "DATA`, and put the stanza that this prints there."
            )
        with torch.random.fork_rng(devices=[]):
            purifier = network(**stanza.get("arguments", {}))
        fill(purifier, folder / stanza["weights"], stanza["sha256"], f"of {name} in {stanzas.name}")
        return purifier.eval().requires_grad_(False).to(device, dtype)

    # A copy for each, because whoever has it may convert it, or put it into training mode.
    return lambda classifier: Purified(classifier, deepcopy(read(classifier.mean.device, classifier.mean.dtype)))
