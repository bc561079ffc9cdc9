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
    """

    library: str
    network: str
    arguments: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()

    def build(self, classes: int) -> nn.Module:
        """An untrained network from pictures `(N,3,H,W)` to logits `(N,classes)`."""
        network = self._create(classes)
        for path in self.identity:
            parent, _, name = path.rpartition(".")
            owner = network.get_submodule(parent)
            owner.get_submodule(name)  # a misspelt name must fail rather than add a module
            setattr(owner, name, nn.Identity())
        return network

    def _create(self, classes: int) -> nn.Module:
        if self.library == "timm":
            import timm

            return timm.create_model(self.network, num_classes=classes, **self.arguments)
        if self.library == "torchvision":
            import torchvision.models

            return torchvision.models.get_model(self.network, num_classes=classes, **self.arguments)
        raise ValueError(f"Unknown library {self.library!r}: use one of {', '.join(LIBRARIES)}.")
