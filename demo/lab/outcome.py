"""What came out of a table: its cells read off the kept results, its claims tested. Plain data, kept as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from demo.lab.job import Arrays, Job
from demo.lab.measures import Estimate, Samples, estimate, paired, sampled
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Cell, Claim, Table

LEVEL = 0.05


@dataclass(frozen=True)
class Shown:
    """A cell as it is shown. run: the attack that it is of, for a link to the page; None where it is of none."""

    row: str
    column: str | float
    value: float | None
    low: float | None
    high: float | None
    n: int
    published: float | None
    run: Mapping[str, Any] | None


@dataclass(frozen=True)
class Tested:
    """A claim and what became of it: verdict is "holds", "does not hold" (the contrary is certain) or "open"."""

    sentence: str
    more: str
    less: str
    control: bool
    gap: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    verdict: str


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
    claims: tuple[Tested, ...]

    def cell(self, row: str, column: str | float) -> Shown | None:
        return next((one for one in self.cells if (one.row, one.column) == (row, column)), None)


def read_off(table: Table, scene: Scene, cells: Sequence[Cell], store: Store) -> Outcome:
    """KeyError where a cell's result is not kept."""
    held: dict[str, Arrays] = {}

    def result(job: Job) -> Arrays:
        return held.setdefault(job.key, store.get(job.key))

    pictures = result(scene.pictures)
    samples = {
        (cell.row, cell.column): sampled(cell.measure, [result(job) for job in cell.jobs], pictures, dict(cell.options))
        for cell in cells
    }
    shown = tuple(_shown(table, cell, estimate(samples[cell.row, cell.column])) for cell in cells)
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
        claims=tuple(_tested(claim, samples, columns) for claim in table.claimed(scene.pack)),
    )


def _shown(table: Table, cell: Cell, found: Estimate) -> Shown:
    return Shown(
        row=cell.row,
        column=cell.column,
        value=_plain(found.value),
        low=_plain(found.low),
        high=_plain(found.high),
        n=found.n,
        published=table.published.get((cell.row, cell.column)),
        run=_run(cell.jobs),
    )


def _run(jobs: Sequence[Job]) -> Mapping[str, Any] | None:
    """The settings of the attack that a cell is of, and who is asked in the end."""
    attacks = [job for first in jobs for job in (first, *first.needs) if job.work in ("craft", "least")]
    if not attacks:
        return None
    asked = [job.settings["classifier"] for job in jobs if job.work == "verdict"]
    return {**attacks[0].settings, "asked": asked[0] if asked else None}


def _tested(claim: Claim, samples: Mapping[tuple[str, str | float], Samples], columns: Sequence[str | float]) -> Tested:
    chosen = claim.columns or columns
    compared = ((claim.more, chosen), (claim.less, claim.than or chosen))
    sides = [[samples[row, column] for column in some if (row, column) in samples] for row, some in compared]
    if not all(sides):
        raise ValueError(f"The claim {claim.sentence!r} compares {claim.more} with {claim.less}, which have no cells.")
    gap, p = paired(*sides)
    certain = not math.isnan(p) and p < LEVEL
    verdict = ("holds" if gap.value > 0 else "does not hold") if certain else "open"
    return Tested(
        sentence=claim.sentence,
        more=claim.more,
        less=claim.less,
        control=claim.control,
        gap=_plain(gap.value),
        low=_plain(gap.low),
        high=_plain(gap.high),
        p=_plain(p),
        n=gap.n,
        verdict=verdict,
    )


def _plain(number: float) -> float | None:
    """JSON knows no infinity, and what is not finite is no result."""
    return round(number, 6) if math.isfinite(number) else None


def as_data(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome)


def from_data(told: Mapping[str, Any]) -> Outcome:
    """The outcome that `as_data` told of; TypeError or KeyError for anything else."""
    lists = {name: tuple(told[name]) for name in ("rows", "columns")}
    cells = tuple(Shown(**one) for one in told["cells"])
    claims = tuple(Tested(**one) for one in told["claims"])
    return Outcome(**{**told, **lists, "cells": cells, "claims": claims})
