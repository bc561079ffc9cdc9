"""From a table and pictures to an outcome: what the command and the page share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from demo.lab import engine
from demo.lab.data import known_as
from demo.lab.engine import Progress
from demo.lab.hands import Own
from demo.lab.job import Arrays, Job
from demo.lab.outcome import Outcome, read_off
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Cell, Table
from models.packs import PACKS


def staged(table: Table, pack: str, held: Arrays, store: Store, seed: int = 0) -> tuple[Scene, list[Cell]]:
    """The scene with these pictures, and the table's cells on it.

    Raises:
        ValueError: the table makes no sense on this pack.
    """
    if pack not in table.packs:
        raise ValueError(f"{table.name} makes no sense on {pack}: use {' or '.join(table.packs)}.")
    job = known_as(held)
    store.put(job.key, held)
    epsilon = table.epsilon.get(pack, PACKS[pack].epsilon)
    scene = Scene(pack, job, len(held["labels"]), held["pictures"].shape[-1], epsilon, table.steps, seed)
    return scene, list(table.cells(scene))


def jobs_of(cells: list[Cell]) -> list[Job]:
    return [job for cell in cells for job in cell.jobs]


def within(
    table: Table, pack: str, held: Arrays, folder: Path, seconds: float, device: str = "cpu"
) -> Iterator[Progress | Outcome]:
    """A small table, by this process, for as long as it may take; then what is known until then.

    Cells are computed cheapest first, so that most of a table is there early. folder: where cells lie meanwhile.
    """
    store, ends = Store(folder), time.monotonic() + seconds
    scene, cells = staged(table, pack, held, store)
    working = engine.work(jobs_of(cells), store, Own(device))
    for progress in working:
        yield progress
        if time.monotonic() > ends:
            working.close()
            break
    known = [cell for cell in cells if all(store.holds(job.key) for job in cell.jobs)]
    yield read_off(table, scene, known, store, whole=len(known) == len(cells))
