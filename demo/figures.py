"""Events to charts. One description of a chart, two drawings: SVG while a run is live, Plotly when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from demo.session import Progress
from demo.verdict import Juror

WIDTH, HEIGHT = 460, 210
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 10, 26
DASHES = {"surrogate": "solid", "held-out": "dash", "defended": "dot"}
_SVG_DASHES = {"solid": "", "dash": "7 4", "dot": "2 4"}
GRID = "rgba(128,128,128,.25)"


@dataclass(frozen=True)
class Line:
    """One network's curve: one value in [0,1] an iteration. dash tells its group where colour does not."""

    title: str
    color: str
    dash: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Curves over iterations 0 … steps."""

    title: str
    steps: int
    lines: tuple[Line, ...]


def charts(history: Sequence[Progress], jurors: Sequence[Juror], goal: str) -> list[Chart]:
    """What a run shows: weights, where the attack has any, and every network's confidence in the goal."""
    steps = history[-1].steps
    drawn = []
    if history[0].weights:
        weighed = _lines([frame.weights for frame in history], jurors)
        drawn.append(Chart("How much each surrogate weighs", steps, weighed))
    sure = _lines([frame.confidence for frame in history], jurors)
    drawn.append(Chart(f"How sure each network is of “{goal}”", steps, sure))
    return drawn


def _lines(rows: Sequence[Mapping[str, float]], jurors: Sequence[Juror]) -> tuple[Line, ...]:
    return tuple(
        Line(juror.title, juror.color, DASHES[juror.group], tuple(row[juror.name] for row in rows))
        for juror in jurors
        if juror.name in rows[0]
    )


def svg(chart: Chart) -> str:
    """The chart as an inline SVG that takes its ink from the page's theme, with its twin in words."""
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(step: float) -> float:
        return LEFT + inner_width * step / max(chart.steps, 1)

    def y(value: float) -> float:
        return TOP + inner_height * (1 - value)

    parts = [
        f'<line class="q-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.0%}</text>'
        for v in (0, 0.5, 1)
    ]
    parts += [
        f'<text x="{x(step):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{text}</text>'
        for step, anchor, text in ((0, "start", "0"), (chart.steps, "end", f"iteration {chart.steps}"))
    ]
    for line in chart.lines:
        points = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in enumerate(line.values))
        parts.append(
            f'<polyline fill="none" stroke="{line.color}" stroke-width="2.5" '
            f'stroke-dasharray="{_SVG_DASHES[line.dash]}" points="{points}"/>'
            f'<circle cx="{x(len(line.values) - 1):.1f}" cy="{y(line.values[-1]):.1f}" r="3.5" fill="{line.color}"/>'
        )
    return (
        f'<svg class="q-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(in_words(chart))}">'
        f"{''.join(parts)}</svg>"
    )


def in_words(chart: Chart) -> str:
    """The chart's first and latest values as a sentence."""
    said = (f"{line.title} from {line.values[0]:.0%} to {line.values[-1]:.0%}" for line in chart.lines)
    return f"{chart.title}: {', '.join(said)}."


def plot(chart: Chart) -> go.Figure:
    """The chart as a Plotly figure that looks right in both themes and names every value under the pointer."""
    figure = go.Figure()
    for line in chart.lines:
        figure.add_scatter(
            y=line.values,
            name=line.title,
            mode="lines+markers" if len(line.values) < 30 else "lines",
            line={"color": line.color, "dash": line.dash, "width": 2.5},
            marker={"size": 5},
            hovertemplate="%{y:.1%}",
        )
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#868e96", "family": "system-ui, sans-serif", "size": 12},
        title={"text": chart.title, "font": {"size": 14}, "x": 0.01, "xanchor": "left", "y": 0.97},
        hovermode="x unified",
        hoverlabel={"bgcolor": "#ffffff", "font": {"color": "#1c1d1f"}},
        legend={"orientation": "h", "y": -0.2, "x": 0},
        margin={"l": 44, "r": 12, "t": 40, "b": 40},
        height=400,
        xaxis={
            "title": "iteration",
            "gridcolor": GRID,
            "zeroline": False,
            "hoverformat": "d",
            "unifiedhovertitle": {"text": "iteration %{x}"},
        },
        yaxis={"range": [-0.02, 1.02], "tickformat": ".0%", "gridcolor": GRID, "zeroline": False},
    )
    return figure
