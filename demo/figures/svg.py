"""A chart as SVG: what is drawn while a run is live."""

from __future__ import annotations

from html import escape

from demo.figures.chart import Chart, in_words

WIDTH, HEIGHT = 460, 210
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 26
DASHES = {"solid": "", "dash": "7 4", "dot": "2 4", "dashdot": "7 4 2 4"}
"""A line's dash as SVG spells it."""


def draw(chart: Chart) -> str:
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
            f'stroke-dasharray="{DASHES[line.dash]}" points="{" ".join(points)}"/>'
            f'<circle cx="{last_x}" cy="{last_y}" r="3.5" fill="{line.color}"/>'
        )
    return (
        f'<svg class="q-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(in_words(chart))}">'
        f"{''.join(parts)}</svg>"
    )
