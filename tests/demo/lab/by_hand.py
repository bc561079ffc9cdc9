"""What a table's test needs: a few pictures, the table computed on them, and the same by craft and judge alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

import models
from demo.attacks import craft
from demo.lab.data import known_as
from demo.lab.engine import work
from demo.lab.hands import Own
from demo.lab.job import Arrays
from demo.lab.outcome import Outcome, read_off
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Table
from models.defences import Judgement, judge

EPSILON, STEPS = 12, 2


def pictures(names: Sequence[str], count: int = 4) -> Arrays:
    """Coloured clouds, each labelled by what one of the networks, in turn, takes it for."""
    clouds = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    levels = (torch.nn.functional.interpolate(clouds, size=(64, 64), mode="bicubic").clamp(0, 1) * 255).round()
    says = [judge(models.load(name), levels / 255).top for name in names]
    labels = torch.stack([says[place % len(names)][place] for place in range(count)])
    return {
        "pictures": levels.to(torch.uint8).numpy(),
        "labels": labels.numpy(),
        "targets": ((labels + 1) % 64).numpy(),
    }


def computed(table: Table, held: Arrays, folder: Path) -> Outcome:
    """The table by the engine, in this process."""
    store, job = Store(folder), known_as(held)
    store.put(job.key, held)
    scene = Scene("tiny", job, len(held["labels"]), 64, EPSILON, STEPS)
    cells = list(table.cells(scene))
    for _ in work([job for cell in cells for job in cell.jobs], store, Own()):
        pass
    return read_off(table, scene, cells, store)


def attacked(held: Arrays, attack: str, names: Sequence[str], steps: int = STEPS, **settings: Any) -> torch.Tensor:
    """An attack's pictures in whole levels, by craft alone."""
    clean = torch.from_numpy(held["pictures"]).float()
    found = craft(
        attack,
        [models.load(name) for name in names],
        clean / 255,
        torch.from_numpy(held["labels"]),
        epsilon=EPSILON / 255,
        steps=steps,
        **settings,
    )
    return torch.clamp((found * 255).round(), clean - EPSILON, clean + EPSILON).clamp(0, 255)


def answer(levels: torch.Tensor, classifier: models.Classifier) -> Judgement:
    return judge(classifier, levels / 255, 20, torch.Generator().manual_seed(0))


def wrong(levels: torch.Tensor, classifier: models.Classifier, held: Arrays) -> np.ndarray:
    found = answer(levels, classifier)
    return ((found.top.numpy() != held["labels"]) & ~found.abstains.numpy()).astype(float)
