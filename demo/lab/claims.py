"""A paper's claims, tested on the very pictures that a table was computed on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.lab.estimates import Samples, paired
from demo.lab.table import Claim

LEVEL = 0.05


@dataclass(frozen=True)
class Ruling:
    """A claim and what became of it: verdict is "holds", "does not hold" (the contrary is certain) or "open".

    more, less: what was compared, in words. gap: their difference, low to high its 95 % interval, over n pictures.
    """

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


def tested(claim: Claim, samples: Mapping[tuple[str, str | float], Samples]) -> Ruling:
    """samples: of every cell, by row and column. ValueError where the claim compares what has no cells."""
    compared = ((claim.more, claim.columns), (claim.less, claim.against or claim.columns))
    sides = [_cells(name, over, samples) for name, over in compared]
    if not all(sides):
        raise ValueError(f"The claim {claim.sentence!r} compares {claim.more} with {claim.less}, which have no cells.")
    gap, p = paired(*sides)
    certain = not math.isnan(p) and p < LEVEL
    verdict = ("holds" if gap.value > 0 else "does not hold") if certain else "open"
    return Ruling(
        sentence=claim.sentence,
        more=_side(claim.more, claim.columns if claim.against else ()),
        less=_side(claim.less, claim.against),
        control=claim.control,
        gap=plain(gap.value),
        low=plain(gap.low),
        high=plain(gap.high),
        p=plain(p),
        n=gap.n,
        verdict=verdict,
    )


def _cells(
    name: str | float, over: Sequence[str | float], samples: Mapping[tuple[str, str | float], Samples]
) -> list[Samples]:
    """Those of a row, over columns, or of a column, over rows."""
    return [
        found
        for (row, column), found in samples.items()
        if name in (row, column) and (not over or (column if name == row else row) in over)
    ]


def _side(name: str | float, over: Sequence[str | float]) -> str:
    """What was compared, in words."""
    told = name if isinstance(name, str) else f"{name:g}"
    return f"{told} ({', '.join(map(str, over))})" if over else told


def plain(number: float) -> float | None:
    """JSON knows no infinity, and what is not finite is no result."""
    return round(number, 6) if math.isfinite(number) else None
