"""The three learned purifiers: HGD, ComDefend and NRP, in the table once their weights are in this project.

`purifiers.toml` has a stanza for each trained one: weights (a file under models/tiny/weights), sha256, and arguments
for its network. One without a stanza, or without its file, is not in the table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences.comdefend import ComDefend
from models.defences.defence import Defence
from models.defences.guard import Guarded
from models.defences.hgd import Denoiser
from models.defences.nrp import Purifier
from models.weights.files import fill

STANZAS = Path(__file__).with_name("purifiers.toml")
FOLDER = Path(__file__).parent.parent / "tiny" / "weights"
NETWORKS: dict[str, Callable[..., nn.Module]] = {"hgd": Denoiser, "comdefend": ComDefend, "nrp": Purifier}
WORDS: dict[str, Callable[..., Defence]] = {
    "hgd": partial(
        Defence,
        "hgd",
        "Learned denoiser",
        "A network guesses what was added to the picture and takes it away again.",
        "Liao et al. 2018",
        "https://arxiv.org/abs/1712.02976",
    ),
    "comdefend": partial(
        Defence,
        "comdefend",
        "Compress and redraw",
        "One network squeezes the picture into a few bits, another draws it anew from them.",
        "Jia et al. 2019",
        "https://arxiv.org/abs/1811.12673",
        gradient="straight-through",
    ),
    "nrp": partial(
        Defence,
        "nrp",
        "Learned purifier",
        "A network that has taught itself what disturbances look like washes them out.",
        "Naseer et al. 2020",
        "https://arxiv.org/abs/2006.04924",
    ),
}


@dataclass(frozen=True, eq=False)
class Purify:
    """Sends the pictures through a network first; what leaves [0,1] is cut off."""

    network: nn.Module

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return self.network(pixels).clamp(0, 1)


class Purified(Guarded):
    """Behind a purifier of the classifier's own device and precision."""

    def __init__(self, classifier: Classifier, purifier: nn.Module) -> None:
        super().__init__(classifier, Purify(purifier))
        self.purifier = purifier  # a part of this module, so that it moves with it


def rows(stanzas: Path = STANZAS, folder: Path = FOLDER) -> tuple[Defence, ...]:
    """The table's rows for the purifiers whose weights are here."""
    trained = tomllib.loads(stanzas.read_text())
    here = [name for name in NETWORKS if name in trained and _file(trained[name], folder).exists()]
    return tuple(WORDS[name](build=_builder(name, trained[name], folder)) for name in here)


def _file(stanza: dict[str, Any], folder: Path) -> Path:
    return folder / stanza["weights"]


def _builder(name: str, stanza: dict[str, Any], folder: Path) -> Callable[[Classifier], Classifier]:
    @cache
    def read(device: torch.device, dtype: torch.dtype) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            network = NETWORKS[name](**stanza.get("arguments", {}))
        fill(network, _file(stanza, folder), stanza["sha256"], f"of {name} in {STANZAS.name}")
        return network.eval().requires_grad_(False).to(device, dtype)

    # A copy for each, because whoever has it may convert it, or put it into training mode.
    return lambda classifier: Purified(classifier, deepcopy(read(classifier.mean.device, classifier.mean.dtype)))
