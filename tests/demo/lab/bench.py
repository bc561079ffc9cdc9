"""A few pictures for a table, and its cells done here and now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import models
from demo.lab.data import known_as
from demo.lab.engine import work
from demo.lab.hands import Own
from demo.lab.job import Arrays
from demo.lab.measures import Samples, sampled
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Cell

WITNESS = "tiny/mobilenet-noise-0.12"
"""Who says what is on the pictures: small and quick."""


def blotches(count: int, side: int = 64) -> Arrays:
    """Coloured blotches, labelled by what the witness sees."""
    coarse = torch.rand(count, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    images = (F.interpolate(coarse, (side, side), mode="bilinear") * 255).round()
    with torch.no_grad():
        labels = models.load(WITNESS)(images / 255).argmax(1)
    return {
        "pictures": images.to(torch.uint8).numpy(),
        "labels": labels.numpy(),
        "targets": ((labels + 5) % 64).numpy(),
    }


class Bench:
    """A scene and its store. `samples` does what cells need, and reads them off."""

    def __init__(self, folder: Path, count: int = 3, steps: int = 2, epsilon: float = 8.0) -> None:
        self.store, self.held = Store(folder), blotches(count)
        job = known_as(self.held)
        self.store.put(job.key, self.held)
        self.scene = Scene("tiny", job, count, 64, epsilon, steps)

    @property
    def images(self) -> torch.Tensor:
        return torch.from_numpy(self.held["pictures"]).float() / 255

    @property
    def labels(self) -> torch.Tensor:
        return torch.from_numpy(self.held["labels"])

    def samples(self, cells: Iterable[Cell]) -> list[Samples]:
        chosen = list(cells)
        for _ in work([job for cell in chosen for job in cell.jobs], self.store, Own()):
            pass
        return [
            sampled(cell.measure, [self.store.get(job.key) for job in cell.jobs], self.held, dict(cell.options))
            for cell in chosen
        ]


def same(found: Samples, expected: torch.Tensor) -> None:
    np.testing.assert_allclose(found, expected.double().numpy())
