"""What came out of a table: its cells read off the kept results, its claims tested. Plain data, kept as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from demo.lab.claims import Ruling, plain, tested
from demo.lab.estimates import Estimate, estimate
from demo.lab.job import Arrays, Job
from demo.lab.measures import WORDS, sampled
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Cell, Table


@dataclass(frozen=True)
class Shown:
    """A cell as it is shown. run: the attack that it is of, for a link to the page; None where it is of none.
    words: what it says beside its number."""

    row: str
    column: str | float
    value: float | None
    low: float | None
    high: float | None
    n: int
    published: float | None
    run: Mapping[str, Any] | None
    words: str = ""


@dataclass(frozen=True)
class Outcome:
    """A finished table. published: by row, what the paper has for it as a whole."""

    table: str
    pack: str
    n: int
    epsilon: float
    steps: int
    seed: int
    rows: tuple[str, ...]
    columns: tuple[str | float, ...]
    cells: tuple[Shown, ...]
    published: Mapping[str, float]
    claims: tuple[Ruling, ...]

    def cell(self, row: str, column: str | float) -> Shown | None:
        return next((one for one in self.cells if (one.row, one.column) == (row, column)), None)


def read_off(table: Table, scene: Scene, cells: Sequence[Cell], store: Store, whole: bool = True) -> Outcome:
    """KeyError where a cell's result is not kept. whole: whether these are all; else claims on others are left out."""
    held: dict[str, Arrays] = {}

    def result(job: Job) -> Arrays:
        return held.setdefault(job.key, store.get(job.key))

    pictures = result(scene.pictures)
    samples = {
        (cell.row, cell.column): sampled(cell.measure, [result(job) for job in cell.jobs], pictures, dict(cell.options))
        for cell in cells
    }
    words = {
        (cell.row, cell.column): WORDS[cell.words](*map(result, cell.jobs), pictures, pack=scene.pack, **cell.options)
        for cell in cells
        if cell.words
    }
    shown = tuple(
        _shown(
            table, cell, estimate(samples[cell.row, cell.column], table.share), words.get((cell.row, cell.column), "")
        )
        for cell in cells
    )
    columns = tuple(dict.fromkeys(cell.column for cell in cells))
    return Outcome(
        table=table.name,
        pack=scene.pack,
        n=scene.count,
        epsilon=scene.epsilon,
        steps=scene.steps,
        seed=scene.seed,
        rows=tuple(dict.fromkeys(cell.row for cell in cells)),
        columns=columns,
        cells=shown,
        published={key: value for key, value in table.published.items() if isinstance(key, str)},
        claims=tuple(
            tested(claim, samples)
            for claim in table.claimed(scene.pack)
            if whole or {claim.more, claim.less} <= {name for place in samples for name in place}
        ),
    )


def _shown(table: Table, cell: Cell, found: Estimate, words: str) -> Shown:
    low, high = found.low, found.high
    if table.share and math.isfinite(low):  # a mean's interval knows no bounds, a share has some
        low, high = max(0.0, low), min(1.0, high)
    return Shown(
        row=cell.row,
        column=cell.column,
        value=plain(found.value),
        low=plain(low),
        high=plain(high),
        n=found.n,
        published=table.published.get((cell.row, cell.column)),
        run=_run(cell.jobs),
        words=words,
    )


def _run(jobs: Sequence[Job]) -> Mapping[str, Any] | None:
    """The settings of the attack that a cell is of, and who is asked in the end."""
    attacks = [job for first in jobs for job in (first, *first.needs) if job.work in ("craft", "least")]
    if not attacks:
        return None
    asked = [job.settings["classifier"] for job in jobs if job.work == "verdict"]
    return {**attacks[0].settings, "asked": asked[0] if asked else None}


def as_data(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome)


def from_data(told: Mapping[str, Any]) -> Outcome:
    """The outcome that `as_data` told of; TypeError or KeyError for anything else."""
    lists = {name: tuple(told[name]) for name in ("rows", "columns")}
    cells = tuple(Shown(**one) for one in told["cells"])
    claims = tuple(Ruling(**one) for one in told["claims"])
    return Outcome(**{**told, **lists, "cells": cells, "claims": claims})
