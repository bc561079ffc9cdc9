"""How a network's weights move: the optimisers, and the running average that is kept in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

AVERAGE_EVERY = 8  # steps
LONGEST_MEMORY = 0.98  # the average's decay, once it has seen enough
WARM_UP = 50  # updates until the decay reaches one half


@dataclass(frozen=True)
class Optimiser:
    """rate: the one-cycle schedule's peak. decay: weight decay, on matrices and kernels alone."""

    kind: Literal["sgd", "adam", "adamw"]
    rate: float
    decay: float

    def build(self, network: nn.Module) -> torch.optim.Optimizer:
        parameters = list(network.parameters())
        groups = [
            {"params": [weight for weight in parameters if weight.ndim > 1], "weight_decay": self.decay},
            {"params": [weight for weight in parameters if weight.ndim <= 1], "weight_decay": 0.0},
        ]
        if self.kind == "sgd":
            return torch.optim.SGD(groups, lr=self.rate, momentum=0.9, nesterov=True)
        if self.kind == "adam":
            return torch.optim.Adam(groups, lr=self.rate)
        return torch.optim.AdamW(groups, lr=self.rate)


SGD = Optimiser("sgd", rate=0.2, decay=5e-4)
ADAM = Optimiser("adam", rate=2e-3, decay=0.0)
ADAMW = Optimiser("adamw", rate=1.5e-3, decay=0.05)


def cycle(optimiser: torch.optim.Optimizer, peak: float, steps: int) -> torch.optim.lr_scheduler.OneCycleLR:
    """One cycle of the learning rate over all steps, a fifth of them uphill; momentum stays."""
    uphill = max(0.2, 2 / steps)  # the library divides by one step less
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser, peak, total_steps=steps, pct_start=uphill, cycle_momentum=False
    )


def running_average(network: nn.Module) -> AveragedModel:
    """The average of weights and BatchNorm statistics, to be updated every `AVERAGE_EVERY` steps.

    Its memory grows from nothing, so that the untrained weights are soon forgotten.
    """

    def blend(average: Tensor, current: Tensor, updates: Tensor | int) -> Tensor:
        if not average.is_floating_point():  # BatchNorm's count of batches
            return current
        decay = min(LONGEST_MEMORY, int(updates) / (int(updates) + WARM_UP))
        return average.lerp(current, 1 - decay)

    return AveragedModel(network, avg_fn=blend, use_buffers=True)
