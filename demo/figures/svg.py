"""A chart as SVG: lines with their names at their ends, and a cursor that replay moves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.figures.chart import Chart, Line, in_words

WIDTH, HEIGHT = 440, 190
LEFT, RIGHT, TOP, BOTTOM = 38, 136, 10, 22
APART = 13
"""How far apart two names must stand."""
LONGEST_NAME = 19
MANY = 6
"""Above so many lines those of one dash, but for the solid ones, share one name."""
SHARED = {"dash": "watching", "dot": "defended"}
DASHES = {"solid": "", "dash": "7 4", "dot": "2 4", "dashdot": "7 4 2 4"}
"""A line's dash as SVG spells it."""


def draw(chart: Chart) -> str:
    """The chart as an inline SVG that takes its ink from the page's theme, with its twin in words."""
    low, high = chart.range
    right = WIDTH - RIGHT

    def x(place: float) -> float:
        return LEFT + (right - LEFT) * min(place / chart.end, 1.0)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [
        f'<line class="q-grid" x1="{LEFT}" x2="{right}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{chart.label(v)}</text>'
        for v in (low, (low + high) / 2, high)
    ]
    parts += [
        f'<text x="{x(place):.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(text)}</text>'
        for place, anchor, text in ((0, "start", "0"), (chart.end, "end", f"{chart.axis} {chart.end:g}"))
    ]
    many = len(chart.lines) > MANY
    for line in chart.lines:
        points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in line.points)
        faint = ' opacity="0.55"' if many and line.dash in SHARED else ""
        parts.append(
            f'<polyline fill="none" stroke="{line.color}" stroke-width="2.5"{faint} '
            f'stroke-dasharray="{DASHES[line.dash]}" points="{points}"/>'
        )
    heights = {line: y(line.values[-1]) for line in chart.lines}
    parts += [_name(text, color, height, right) for text, color, height in spread(named(heights, many))]
    cursor = (
        f'<line class="q-now" data-left="{LEFT}" data-right="{right}" data-end="{chart.end:g}" '
        f'x1="{right}" x2="{right}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    )
    return (
        f'<svg class="q-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(in_words(chart))}">'
        f"{''.join(parts)}{cursor}</svg>"
    )


def named(heights: dict[Line, float], many: bool) -> list[tuple[str, str, float]]:
    """What stands at the lines' ends: (name, colour, height); where there are many, one name for a group of them."""
    names, groups = [], dict[str, list[float]]()
    for line, height in heights.items():
        if many and line.dash in SHARED:
            groups.setdefault(line.dash, []).append(height)
        else:
            names.append((line.title, line.color, height))
    return names + [
        (f"{len(ends)} {SHARED[dash]} ({'- -' if dash == 'dash' else '· ·'})", "", sum(ends) / len(ends))
        for dash, ends in groups.items()
    ]


def spread(names: Sequence[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """The names from top to bottom, moved apart where they would overlap, and none below the axis."""
    placed: list[tuple[str, str, float]] = []
    for text, color, height in sorted(names, key=lambda name: name[2]):
        least = placed[-1][2] + APART if placed else float(TOP)
        placed.append((text, color, max(height, least)))
    floor = float(HEIGHT - BOTTOM)
    for place in range(len(placed) - 1, -1, -1):
        text, color, height = placed[place]
        placed[place] = (text, color, min(height, floor))
        floor = placed[place][2] - APART
    return placed


def _name(text: str, color: str, height: float, right: float) -> str:
    short = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
    dot = f'<circle cx="{right + 8}" cy="{height:.1f}" r="4" fill="{color}"/>' if color else ""
    return f'{dot}<text x="{right + 16}" y="{height + 4:.1f}">{escape(short)}<title>{escape(text)}</title></text>'
