"""Who fools whom among all networks of a pack: the lab's matrix, as it was computed and kept."""

from __future__ import annotations

import math
from html import escape

import torch

from demo.lab import kept
from demo.lab.cells.matrix import OTHERS
from demo.lab.outcome import Outcome
from demo.lab.output import about
from demo.lab.tables import TABLES
from demo.pages.cells import settings
from demo.pages.views.matrix import Heads, Square, percent, said, table
from demo.pages.views.parts import dotted, how
from models.catalog import CARDS

TABLE, ATTACK = "trend-1", "PGD: "


def stored(pack: str) -> str:
    """The pack's matrix, or a sentence where none was computed."""
    if pack not in kept.known().get(TABLE, []):
        return "<h3>Over many pictures</h3>" + how(
            "No matrix over many pictures is stored for this jury. What is above was computed just now; pictures of "
            "your own make it surer."
        )
    found = kept.load(TABLE, pack)
    titles = sources(found.outcome)
    rows = [[_square(found.outcome, pack, source, target) for target in titles] for source in titles]
    shares = torch.tensor([[_nan(square.heat) for square in row] for row in rows], dtype=torch.float64)
    colors = {card.title: card.color for card in CARDS.values() if card.pack == pack}
    heads = [dotted(title, colors[title]) for title in titles]
    return (
        f"<h3>Over many pictures</h3>{said(shares, titles)}"
        + table(Heads(heads, heads, titles), rows, shares, "Who fools whom, over many pictures")
        + how(
            f"{escape(about(TABLES[TABLE], found.outcome))} Measured {escape(found.date)} by "
            f"<code>{escape(found.command)}</code>."
        )
    )


def sources(outcome: Outcome) -> list[str]:
    """Titles of the networks that pictures were made on, by PGD."""
    rows = [row.removeprefix(ATTACK) for row in outcome.rows if row.startswith(ATTACK)]
    return [title for title in rows if title != OTHERS]


def _square(outcome: Outcome, pack: str, source: str, target: str) -> Square:
    cell = outcome.cell(ATTACK + source, target)
    share = None if cell is None else cell.value
    asked = None if cell is None or share is None else settings(cell.run, pack)
    if asked and source == target:
        asked.pop("held_out", None)  # a network does not watch itself
    words = f"made on {source}, fools {target}" + (f", of {cell.n} pictures that count" if cell else "")
    return Square(percent(_nan(share)), share, words, asked)


def _nan(share: float | None) -> float:
    return math.nan if share is None else share
