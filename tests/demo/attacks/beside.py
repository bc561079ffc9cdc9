"""A network that can be asked while others are."""

from __future__ import annotations

import threading

import torch
from torch import Tensor, nn


class Small(nn.Module):
    """Says of itself that it can be asked while others are."""

    abreast = True

    def __init__(self, seed: int, meeting: threading.Barrier | None = None) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 5))
        self.meeting = meeting
        self.eval()

    def forward(self, pixels: Tensor) -> Tensor:
        if self.meeting is not None:
            self.meeting.wait(30)
        answer: Tensor = self.layers(pixels)
        return answer
