"""Pictures, and gradients at them, for tests of prepared networks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def gradient(network: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Logits, and the gradient of the loss of each picture's second class."""
    given = pictures.clone().requires_grad_()
    logits = network(given)
    loss = F.cross_entropy(logits, torch.ones(len(given), dtype=torch.long), reduction="sum")
    return logits.detach(), torch.autograd.grad(loss, given)[0]


def seeded(count: int, side: int) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))
