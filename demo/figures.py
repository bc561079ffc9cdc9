"""Events to charts. One description of a chart, two drawings: SVG while a run is live, Plotly when it is done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from demo.attacks.recipes import Recipe
from demo.events import Progress
from demo.explained import EXPLAINED
from demo.verdict import Juror

WIDTH, HEIGHT = 460, 210
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 26
DASHES = {"surrogate": "solid", "held-out": "dash", "defended": "dot"}
SVG_DASHES = {"solid": "", "dash": "7 4", "dot": "2 4"}
GRID = "rgba(128,128,128,.25)"


@dataclass(frozen=True)
class Line:
    """One curve: a value for each place on the chart's axis. dash tells a network's group where colour does not."""

    title: str
    color: str
    dash: str
    values: tuple[float, ...]
    places: tuple[float, ...] = ()
    """Where the values stand on the axis; their own numbers, 0 …, where this is empty."""

    @property
    def points(self) -> list[tuple[float, float]]:
        return list(zip(self.places or range(len(self.values)), self.values, strict=True))


@dataclass(frozen=True)
class Chart:
    """Curves over iterations 0 … end, or over another axis. share: values are shares of 1. words: how to read it."""

    title: str
    end: float
    lines: tuple[Line, ...]
    share: bool = True
    words: str = ""
    axis: str = "iteration"

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and highest value on the vertical axis."""
        if self.share:
            return 0.0, 1.0
        values = [value for line in self.lines for value in line.values]
        low, high = min(0.0, *values), max(0.0, *values)
        return (low, high) if high > low else (0.0, 1.0)

    def label(self, value: float) -> str:
        return f"{value:.0%}" if self.share else f"{value:.2g}"


def charts(history: Sequence[Progress], jurors: Sequence[Juror], goal: str, recipe: Recipe) -> list[Chart]:
    """What a run shows: weights, where the attack has any; confidence in the goal; and the attack's own chart."""
    steps = history[-1].steps
    drawn = []
    if history[0].weights and (recipe.idea == "weigh" or recipe.chart == "weights" or _uneven(history)):
        weighed = _lines([frame.weights for frame in history], jurors)
        drawn.append(Chart("How much each surrogate weighs", steps, weighed))
    sure = _lines([frame.confidence for frame in history], jurors)
    drawn.append(Chart(f"How sure each network is of “{goal}”", steps, sure))
    if own := _own(history, jurors, recipe):
        drawn.append(own)
    return drawn


def _uneven(history: Sequence[Progress]) -> bool:
    """Whether the surrogates ever counted differently: equal weights need no chart."""
    return any(max(frame.weights.values()) - min(frame.weights.values()) > 1e-6 for frame in history)


def _own(history: Sequence[Progress], jurors: Sequence[Juror], recipe: Recipe) -> Chart | None:
    """The attack's own chart, from what its iterations computed; the finished picture has no iteration of its own."""
    explained = EXPLAINED.get(recipe.chart)
    if explained is None:
        return None
    surrogates = [juror for juror in jurors if juror.group == "surrogate"]
    frames = [frame for frame in history if frame.step < frame.steps and recipe.chart in frame.details]
    read = [(float(frame.step), explained.curves(frame.details, surrogates)) for frame in frames]
    # A border may lie infinitely far off, where a slope is zero: no chart can show that.
    read = [(step, curves) for step, curves in read if all(math.isfinite(value) for _, _, value in curves)]
    if not read:
        return None
    steps, rows = tuple(step for step, _ in read), [curves for _, curves in read]
    lines = tuple(
        Line(name, color, "solid", tuple(float(row[place][2]) for row in rows), steps)
        for place, (name, color, _) in enumerate(rows[0])
    )
    return Chart(explained.title, max(history[-1].steps - 1, 1), lines, explained.share, explained.words)


def _lines(rows: Sequence[Mapping[str, float]], jurors: Sequence[Juror]) -> tuple[Line, ...]:
    return tuple(
        Line(juror.title, juror.color, DASHES[juror.group], tuple(row[juror.name] for row in rows))
        for juror in jurors
        if juror.name in rows[0]
    )


def svg(chart: Chart) -> str:
    """The chart as an inline SVG that takes its ink from the page's theme, with its twin in words."""
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    low, high = chart.range

    def x(place: float) -> float:
        return LEFT + inner_width * min(place / chart.end, 1.0)

    def y(value: float) -> float:
        return TOP + inner_height * (high - value) / (high - low)

    parts = [
        f'<line class="q-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{chart.label(v)}</text>'
        for v in (low, (low + high) / 2, high)
    ]
    parts += [
        f'<text x="{x(place):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{escape(text)}</text>'
        for place, anchor, text in ((0, "start", "0"), (chart.end, "end", f"{chart.axis} {chart.end:g}"))
    ]
    for line in chart.lines:
        points = [f"{x(place):.1f},{y(value):.1f}" for place, value in line.points]
        last_x, last_y = points[-1].split(",")
        parts.append(
            f'<polyline fill="none" stroke="{line.color}" stroke-width="2.5" '
            f'stroke-dasharray="{SVG_DASHES[line.dash]}" points="{" ".join(points)}"/>'
            f'<circle cx="{last_x}" cy="{last_y}" r="3.5" fill="{line.color}"/>'
        )
    return (
        f'<svg class="q-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(in_words(chart))}">'
        f"{''.join(parts)}</svg>"
    )


def in_words(chart: Chart) -> str:
    """The chart's first and latest values as a sentence."""
    said = (
        f"{line.title} from {chart.label(line.values[0])} to {chart.label(line.values[-1])}" for line in chart.lines
    )
    return f"{chart.title}: {', '.join(said)}."


def plot(chart: Chart) -> go.Figure:
    """The chart as a Plotly figure that looks right in both themes and names every value under the pointer."""
    figure = go.Figure()
    for line in chart.lines:
        figure.add_scatter(
            x=[place for place, _ in line.points],
            y=line.values,
            name=line.title,
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
        title={"text": chart.title, "font": {"size": 14}, "x": 0.01, "xanchor": "left", "y": 0.97},
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
