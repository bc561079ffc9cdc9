"""A matrix of who fools whom as a table: a heat map whose cells say in words what their colour says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from demo.run.link import opening, query
from models.transferability import asymmetry, means, most_diverse

CORNER = "made on ↓, shown to →"


@dataclass(frozen=True)
class Square:
    """One cell as it is drawn. heat: of 1, None where nothing was counted. words: what a pointer is told.
    asked: the run's settings that the cell leads to, or none."""

    text: str
    heat: float | None
    words: str
    asked: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Heads:
    """sources, targets: HTML for rows and columns; titles: the targets' in plain words."""

    sources: Sequence[str]
    targets: Sequence[str]
    titles: Sequence[str]


def table(heads: Heads, rows: Sequence[Sequence[Square]], shares: Any, words: str) -> str:
    """Rows that are not known yet have empty cells. shares: `(S,T)`, for the means. words: what the table is."""
    across, down = means(shares)
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads.targets)
    drawn = ""
    for place, head in enumerate(heads.sources):
        known = rows[place] if place < len(rows) else [Square("…", None, "not known yet")] * len(heads.targets)
        cells = "".join(_cell(square, column == place) for column, square in enumerate(known))
        drawn += f'<tr><th scope="row">{head}</th>{cells}<td class="q-mean">{percent(float(across[place]))}</td></tr>'
    last = "".join(f'<td class="q-mean">{percent(float(one))}</td>' for one in down)
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(words)}">'
        f'<table class="q-table q-matrix"><tr><th class="q-corner">{CORNER}</th>{columns}'
        f'<th scope="col">fools on average</th></tr>{drawn}'
        f'<tr><th scope="row">fooled on average</th>{last}<td></td></tr></table></div>'
    )


def _cell(square: Square, own: bool) -> str:
    heat = "" if square.heat is None else f' style="--q-heat:{square.heat:.2f}"'
    kind = " ".join(filter(None, ("q-heat" if square.heat is not None else "", "q-own" if own else "")))
    text = escape(square.text)
    if square.asked is not None:
        label = f"{square.text}: {square.words}. Try it in the Attack tab"
        link = "?" + query(opening(square.asked["pack"]) | dict(square.asked))
        text = f'<a href="{escape(link)}" target="_self" aria-label="{escape(label)}">{text}</a>'
    return f'<td class="{kind}" title="{escape(square.words)}"{heat}>{text}</td>'


def said(shares: Any, titles: Sequence[str], alone: bool = False) -> str:
    """How far the two ways between a pair differ, and which pair TREND would put together. alone: of one picture, where
    a way is all or nothing."""
    gap, (pairs, mean) = asymmetry(shares), most_diverse(shares)
    if gap is None:
        return "<p>No pair of networks is known both ways, so that nothing can be said about asymmetry.</p>"
    if alone:
        return f"<p>In <b>{gap:.0%}</b> of the pairs that are known both ways, only one fools the other.</p>"
    first, second = (f"<b>{escape(titles[place])}</b>" for place in pairs[0])
    others = f" (as do {len(pairs) - 1} other pairs)" if len(pairs) > 1 else ""
    return (
        f"<p>Between two networks the two ways differ by <b>{100 * gap:.0f} points</b> on average. {first} and "
        f"{second} fool each other least{others}, {mean:.0%} over both ways: TREND would put such a pair into an "
        "ensemble.</p>"
    )


def percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.0%}"
