"""Builds the bare network that a catalogue stanza or a training recipe describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import nn

LIBRARIES = ("timm", "torchvision")


@dataclass(frozen=True)
class Blueprint:
    """A network of timm or torchvision, by name and constructor arguments; nothing here is hand-written.

    identity: submodules replaced by `nn.Identity`, such as a stem's max-pooling, which at 64 px would
        throw away detail that the classes need.
    width: how many features the classifier takes, where the submodules left out would have widened them.
    """

    library: str
    network: str
    arguments: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    width: int | None = None

    def build(self, classes: int) -> nn.Module:
        """An untrained network from pictures `(N,3,H,W)` to logits `(N,classes)`."""
        network = self._create(classes)
        for path in self.identity:
            _replace(network, path, nn.Identity())
        if self.width is not None:
            *_, classifier = (path for path, layer in network.named_modules() if isinstance(layer, nn.Linear))
            _replace(network, classifier, nn.Linear(self.width, classes))
        return network

    def _create(self, classes: int) -> nn.Module:
        network: nn.Module
        if self.library == "timm":
            from models.libraries import timm

            network = timm.create_model(self.network, num_classes=classes, **self.arguments)
        elif self.library == "torchvision":
            from models.libraries import torchvision

            network = torchvision.models.get_model(self.network, num_classes=classes, **self.arguments)
        else:
            raise ValueError(f"Unknown library {self.library!r}: use one of {', '.join(LIBRARIES)}.")
        return network


def _replace(network: nn.Module, path: str, layer: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    owner = network.get_submodule(parent)
    owner.get_submodule(name)  # a misspelt name must fail rather than add a module
    setattr(owner, name, layer)
