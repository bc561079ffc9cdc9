"""A small network that knows how often it was asked, for tests of recordings."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.prepared import prepare
from models.recordings import LOOKS, answer

PICTURES = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
LEAF = PICTURES.clone().requires_grad_()


class Counting(nn.Module):
    """Knows how often it was asked itself."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.convolution = nn.Conv2d(3, 4, 3)
            self.norm = nn.BatchNorm2d(4)
            self.last = nn.Linear(4, 5)
        self.asked = 0

    def forward(self, given: Tensor) -> Tensor:
        self.asked += 1
        logits: Tensor = self.last(self.norm(self.convolution(given)).relu().mean((2, 3)))
        return logits


def recorded(kind: type[Counting]) -> Counting:
    """Prepared, and asked often enough."""
    made = prepare(kind().eval().requires_grad_(False), PICTURES[:1])
    for _ in range(LOOKS):
        answer(made, LEAF)
    made.asked = 0
    return made


def itself(network: nn.Module, given: Tensor) -> Tensor:
    logits: Tensor = network(given)
    return logits


def slope(way: Callable[[nn.Module, Tensor], Tensor], given: Tensor, network: nn.Module) -> tuple[Tensor, Tensor]:
    leaf = given.clone().requires_grad_()
    logits = way(network, leaf)
    return logits.detach(), torch.autograd.grad(logits.square().sum(), leaf)[0]
