"""Stand-ins for networks, as small as what is asserted about them allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences import DEFENCES, defend


def seeded(seed: int = 0) -> torch.Generator:
    """Chance that repeats itself."""
    return torch.Generator().manual_seed(seed)


class Fixed(nn.Module):
    """Answers the same logits to every picture."""

    def __init__(self, logits: list[float]) -> None:
        super().__init__()
        self.answer = torch.tensor(logits)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.answer.expand(len(pixels), -1) + 0 * pixels.sum()


def fixed(*logits: float) -> Classifier:
    """A classifier of as many classes, sure of these logits."""
    return Classifier(Fixed(list(logits)), [f"class {index}" for index in range(len(logits))])


def small(seed: int) -> Classifier:
    """A network with random weights: what defences promise holds for any, and this one is quick."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = (nn.Conv2d(3, 8, 5, 4), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, 2), nn.ReLU(), nn.Flatten())
        network = nn.Sequential(*layers, nn.Linear(392, 64))
    return Classifier(network.eval().requires_grad_(False), [f"class {index}" for index in range(64)], size=64)


class Recorder(nn.Module):
    """A function as a network."""

    def __init__(self, call: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.call = call

    def forward(self, fitted: Tensor) -> Tensor:
        return self.call(fitted)


def put(name: str, network: Classifier, **knobs: Any) -> Classifier:
    """The defence in front of the network, or made of it and another where it takes several."""
    return defend(name, [network, small(2)] if DEFENCES[name].several else network, **knobs)


class Halves(nn.Module):
    """Class 1 where the first value is above 0.5, else class 0; class 2 never. It is asked about z-scores."""

    def forward(self, pixels: Tensor) -> Tensor:
        value = pixels[:, 0, 0, 0]
        return torch.stack([0.5 - value, value - 0.5, value - value - 9], 1) * 20


def split_at_half() -> Classifier:
    """`Halves` as a classifier that normalises nothing."""
    return Classifier(Halves(), ["low", "high", "never"], mean=(0, 0, 0), std=(1, 1, 1))


def picture(*values: float) -> Tensor:
    """One even picture for each value."""
    return torch.tensor(values).view(-1, 1, 1, 1).expand(-1, 3, 2, 2).clone()
