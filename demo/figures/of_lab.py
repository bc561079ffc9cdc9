"""From a table of the lab whose columns are numbers to its curves."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from demo.figures.chart import Chart, Line
from demo.figures.interactive import GRID, plot
from demo.lab.outcome import Outcome
from demo.lab.table import Table

COLORS = ("#4c6ef5", "#e8590c", "#2f9e44", "#ae3ec9", "#0c8599", "#e03131", "#f08c00", "#846358")
DASHES = ("solid", "dash", "dot", "dashdot")


def curves(table: Table, outcome: Outcome) -> Chart | None:
    """A curve a row; None for a table that has no axis."""
    places = [column for column in outcome.columns if not isinstance(column, str)]
    if not table.axis or len(places) < 2:
        return None
    lines = []
    for number, row in enumerate(outcome.rows):
        found = [outcome.cell(row, place) for place in places]
        known = [(place, one.value) for place, one in zip(places, found, strict=True) if one and one.value is not None]
        if known:
            at, values = zip(*known, strict=True)
            dash = DASHES[(number // len(COLORS) + number) % len(DASHES)]
            lines.append(Line(row, COLORS[number % len(COLORS)], dash, values, at))
    return Chart(table.title, max(places), tuple(lines), table.share, axis=table.axis) if lines else None


def figure(table: Table, outcome: Outcome) -> go.Figure:
    """Its curves, or a bar with its interval for each cell, a colour a row."""
    chart = curves(table, outcome)
    if chart:
        return plot(chart)
    drawn = go.Figure()
    for number, row in enumerate(outcome.rows):
        cells = [one for column in outcome.columns if (one := outcome.cell(row, column)) and one.value is not None]
        drawn.add_bar(
            x=[str(one.column) for one in cells],
            y=[one.value for one in cells],
            name=escape(row, quote=False),  # Plotly takes markup for markup
            marker={"color": COLORS[number % len(COLORS)]},
            error_y={
                "type": "data",
                "array": [(one.high or 0) - (one.value or 0) for one in cells],
                "arrayminus": [(one.value or 0) - (one.low or 0) for one in cells],
                "thickness": 1,
            },
        )
    drawn.update_layout(
        template="none",
        title=escape(table.title, quote=False),
        barmode="group",
        yaxis={"tickformat": ".0%" if table.share else "~g", "gridcolor": GRID},
        xaxis={"automargin": True},
        font={"family": "system-ui, sans-serif"},
    )
    return drawn
