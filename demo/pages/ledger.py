"""How a table of the lab looks: what became of its claims, its curves, and cells that open the attack they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from demo.figures.of_lab import curves
from demo.lab.claims import Ruling
from demo.lab.kept import Kept
from demo.lab.outcome import Outcome, Shown
from demo.lab.output import UNKNOWN, about, head, number
from demo.lab.table import PAPERS, Table
from demo.pages.cells import settings
from demo.pages.glossary import marked
from demo.pages.stage import drawing
from demo.pages.views.parts import how
from demo.run.link import opening, query

VERDICTS = {
    "holds": ("✓ holds", "q-holds"),
    "does not hold": ("✗ does not hold here", "q-fooled"),
    "open": ("? too few pictures to tell", "q-soft"),
}
COUNTED = {"holds": "✓ {} hold", "does not hold": "✗ {} not here", "open": "? {} open"}
AT_A_GLANCE = 8
"""Claims that are listed without being asked for."""


def page(table: Table, kept: Kept) -> str:
    """A table that was kept."""
    made = f"Computed {kept.date} on {kept.device} with torch {kept.versions['torch']}."
    words = how(f"{escape(made)} <code>{escape(kept.command)}</code>")
    return sheet(table, kept.outcome, words)


def sheet(table: Table, outcome: Outcome, below: str = "") -> str:
    """A table, stored or of the visitor's own pictures. below: HTML."""
    place = f"{PAPERS[table.paper]}, {table.place}"
    chart = curves(table, outcome)
    parts = [
        f'<h2>{escape(table.title)}</h2><p class="q-soft">{escape(place)}</p>',
        f'<p class="q-say">{escape(table.here[outcome.pack])}</p>' if outcome.pack in table.here else "",
        _claims(table, outcome.claims),
        f'<div class="q-beside">{drawing(chart)}</div>' if chart else "",
        grid(table, outcome),
        how(marked(about(table, outcome))),
        below,
    ]
    return f'<div class="q-card q-view q-lab">{"".join(parts)}</div>'


def _claims(table: Table, claims: Sequence[Ruling]) -> str:
    """What became of them: all at once, or, where they are many, in one line that can be opened."""
    if not claims:
        return ""
    listed = f'<ul class="q-claims">{"".join(_claim(table, one) for one in claims)}</ul>'
    if len(claims) <= AT_A_GLANCE:
        return listed
    counts = Counter(one.verdict for one in claims)
    words = " · ".join(said.format(counts[verdict]) for verdict, said in COUNTED.items() if counts[verdict])
    return f'<details class="q-twin"><summary>{len(claims)} claims and controls · {words}</summary>{listed}</details>'


def _claim(table: Table, one: Ruling) -> str:
    words, kind = VERDICTS[one.verdict]
    gap = ""
    if one.gap is not None:
        unit = "points" if table.share else ""
        ends = f"{number(table, one.low)} to {number(table, one.high)}"
        gap = f"{one.more} − {one.less}: {number(table, one.gap)} {unit} ({ends}), n = {one.n}"
    control = " Control at equal settings." if one.control else ""
    return (
        f'<li><b class="{kind}">{words}</b> {escape(one.sentence)}{control}'
        f'<span class="q-soft"> {escape(gap)}</span></li>'
    )


def grid(table: Table, outcome: Outcome) -> str:
    """Rows that a press on a column's head sorts; a cell is a link to its attack."""
    names = [f"{table.heads[0]}", *map(head, outcome.columns), *(["in the paper"] * bool(outcome.published))]
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" class="q-sort">{escape(name)}</button></th>'
        for name in names
    )
    rows = "".join(_row(table, outcome, row) for row in outcome.rows)
    label = escape(f"{table.title}, {table.heads[0]} by {table.heads[1]}")
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{label}"><table class="q-table q-sorted">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(table: Table, outcome: Outcome, row: str) -> str:
    cells = "".join(_cell(table, outcome.pack, outcome.cell(row, column)) for column in outcome.columns)
    if outcome.published:
        value = outcome.published.get(row)
        cells += f'<td data-value="{"" if value is None else value}">{number(table, value)}</td>'
    return f'<tr><th scope="row">{escape(row)}</th>{cells}</tr>'


def _cell(table: Table, pack: str, shown: Shown | None) -> str:
    if shown is None or shown.value is None:
        return f'<td data-value="">{UNKNOWN}</td>'
    text = number(table, shown.value) if shown.column not in table.counts else f"{shown.value:.0f}"
    known = shown.low is not None and shown.column not in table.counts
    ends = f", 95 % interval {number(table, shown.low)} to {number(table, shown.high)}" if known else ""
    words = f"{shown.row}, {head(shown.column)}: {shown.words} {text}{ends}, n = {shown.n}".replace("  ", " ")
    asked = settings(shown.run, pack)
    if asked is not None:
        link = "?" + query(opening(asked["pack"]) | asked)
        label = f"{words}. Try it in the Attack tab"
        text = f'<a href="{escape(link)}" target="_self" aria-label="{escape(label)}">{text}</a>'
    share = table.share and shown.column not in table.counts
    heat = f' style="--q-heat:{min(1, max(0, shown.value)):.2f}"' if share else ""
    kind = ' class="q-heat"' if share else ""
    paper = f"<small>paper {number(table, shown.published)}</small>" if shown.published is not None else ""
    interval = f"<small>{number(table, shown.low)}–{number(table, shown.high)}</small>" if known else ""
    name = f"{escape(shown.words)} " if shown.words else ""
    return f'<td{kind} data-value="{shown.value}" title="{escape(words)}"{heat}>{name}{text} {interval}{paper}</td>'
