"""Who fools whom among all networks of a pack: the matrix that was measured and kept."""

from __future__ import annotations

import math
from html import escape

import torch

from demo.measure import results
from demo.pages.views.matrix import Heads, Square, percent, said, table
from demo.pages.views.parts import dotted, how
from models.catalog import CARDS

STORED = {"tiny": "transfer", "trios": "transfer-trios"}
"""Pack -> the table of `demo.measure.results`."""
AS_MEASURED = {"attack": "pgd", "epsilon": 8, "iterations": 40, "step_size": 2.55}
"""What `models.measure` takes, in levels of 255."""


def stored(pack: str) -> str:
    """The pack's matrix, or a sentence where none was measured."""
    if pack not in STORED:
        return "<h3>Over many pictures</h3>" + how(
            "No matrix over many pictures is stored for this jury. What is above was computed just now; pictures of "
            "your own make it surer."
        )
    result = results.load(STORED[pack])
    corner, *_ = result.columns
    cards = [CARDS[row[corner].strip("`")] for row in result.rows]
    shares = torch.tensor([[_share(row[card.title]) for card in cards] for row in result.rows], dtype=torch.float64)
    rows = []
    for source, line in zip(cards, shares.tolist(), strict=True):
        squares = []
        for target, share in zip(cards, line, strict=True):
            asked = {"pack": pack, "surrogates": [source.name], **AS_MEASURED}
            if source != target:
                asked["held_out"] = [target.name]
            heat = None if math.isnan(share) else share
            words = f"made on {source.title}, fools {target.title}"
            squares.append(Square(percent(share), heat, words, asked))
        rows.append(squares)
    heads = [dotted(card.title, card.color) for card in cards]
    titles = [card.title for card in cards]
    return (
        f"<h3>Over many pictures</h3>{said(shares, titles)}"
        + table(Heads(heads, heads, titles), rows, shares, "Who fools whom, over many pictures")
        + how(
            f"{escape(result.note)} PGD-40 at 8/255 with steps of 0.01 (TREND’s). Measured {escape(result.date)} by "
            f"<code>{escape(result.command)}</code>."
        )
    )


def _share(cell: str) -> float:
    return float(cell.rstrip("%")) / 100
