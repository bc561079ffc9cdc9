"""A chart as a Plotly figure: what is drawn when a run is done."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from demo.figures.chart import Chart

GRID = "rgba(128,128,128,.25)"


def plot(chart: Chart) -> go.Figure:
    """The chart as a Plotly figure that looks right in both themes and names every value under the pointer."""
    figure = go.Figure()
    for line in chart.lines:
        figure.add_scatter(
            x=[place for place, _ in line.points],
            y=line.values,
            name=escape(line.title, quote=False),  # Plotly takes markup for markup
            mode="lines+markers" if len(line.values) < 30 else "lines",
            line={"color": line.color, "dash": line.dash, "width": 2.5},
            marker={"size": 5},
            hovertemplate="%{y:.1%}" if chart.share else "%{y:.3g}",
        )
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#868e96", "family": "system-ui, sans-serif", "size": 12},
        title={"text": escape(chart.title, quote=False), "font": {"size": 14}, "x": 0.01, "xanchor": "left", "y": 0.97},
        hovermode="x unified",
        hoverlabel={"bgcolor": "#ffffff", "font": {"color": "#1c1d1f"}},
        legend={"orientation": "h", "y": -0.2, "x": 0},
        margin={"l": 44, "r": 12, "t": 40, "b": 40},
        height=max(400, 290 + 24 * len(chart.lines)),  # the legend may take half of it, a row for each line
        xaxis={
            "title": chart.axis,
            "gridcolor": GRID,
            "zeroline": False,
            "hoverformat": "d",
            "unifiedhovertitle": {"text": f"{chart.axis} %{{x}}"},
        },
        yaxis={
            "range": _with_room(chart.range),
            "tickformat": ".0%" if chart.share else "~g",
            "gridcolor": GRID,
            "zeroline": False,
        },
    )
    return figure


def _with_room(ends: tuple[float, float]) -> list[float]:
    room = 0.02 * (ends[1] - ends[0])
    return [ends[0] - room, ends[1] + room]
