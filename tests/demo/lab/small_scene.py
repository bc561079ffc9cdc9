"""A table in miniature: a few pictures of noise, few steps, done by this very process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import models
from demo.lab import engine
from demo.lab.data import known_as
from demo.lab.hands import Own
from demo.lab.job import Arrays, Job
from demo.lab.outcome import Outcome, read_off
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Cell, Table


@dataclass(frozen=True)
class Done:
    scene: Scene
    cells: list[Cell]
    store: Store
    outcome: Outcome

    @property
    def pictures(self) -> Arrays:
        return self.store.get(self.scene.pictures.key)

    def cell(self, row: str, column: str | float) -> Cell:
        return next(cell for cell in self.cells if (cell.row, cell.column) == (row, column))

    def jobs(self, row: str, column: str | float, work: str = "craft") -> list[Job]:
        """Whatever of that work a cell rests on."""
        found = [job for first in self.cell(row, column).jobs for job in (first, *first.needs)]
        return list(dict.fromkeys(job for job in found if job.work == work))


def noise(count: int, name: str) -> Arrays:
    """Pictures of coarse noise, labelled with what a network takes them for, so that it is right about all."""
    blocks = np.random.default_rng(0).integers(0, 256, (count, 3, 8, 8), dtype=np.uint8)
    pictures = blocks.repeat(8, 2).repeat(8, 3)
    with torch.no_grad():
        labels = models.load(name)(torch.from_numpy(pictures).float() / 255).argmax(1).numpy()
    return {"pictures": pictures, "labels": labels, "targets": (labels + 1) % 64}


def done(
    table: Table, folder: Path, *, name: str, count: int = 3, steps: int = 2, epsilon: float = 4, pack: str = ""
) -> Done:
    """The table on such pictures, kept in a folder."""
    store, held = Store(folder), noise(count, name)
    job = known_as(held)
    store.put(job.key, held)
    scene = Scene(pack or table.packs[0], job, count, 64, epsilon, steps)
    cells = list(table.cells(scene))
    for _ in engine.work([job for cell in cells for job in cell.jobs], store, Own()):
        pass
    return Done(scene, cells, store, read_off(table, scene, cells, store))
