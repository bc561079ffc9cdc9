"""The map: each network's regions on a plane, with epsilon's box and the attack's path."""

from __future__ import annotations

from collections import Counter
from html import escape

import numpy as np

from demo.pages.views.parts import how, named
from demo.run.kept import Kept
from demo.run.views.plane import BOTTOM, LEFT, LOOKS, WIDE, Plane, Region

HOME = "var(--q-map-home)"
OTHERS = tuple(f"var(--q-map-{place})" for place in range(1, 7))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIDE = 200
CLEAR = 20
"""How far from the attack's way letters stand."""


def plane(seen: Plane, kept: Kept) -> str:
    """One small map a network, a legend, and who says what inside the box."""
    home = kept.plan.labels.index(kept.prepared.label)
    counts = Counter(int(answer) for region in seen.regions for answer in region.answers.ravel())
    order = [home] + [answer for answer, _ in counts.most_common() if answer != home]
    maps = "".join(
        f"<figure>{_map(region, seen, order)}<figcaption>{named(region.juror)}</figcaption></figure>"
        for region in seen.regions
    )
    legend = "".join(
        f'<li><i class="q-key" style="background:{_tint(order, answer)}">{_letter(order, answer)}</i>'
        f"{escape(seen.labels[answer])}</li>"
        for answer in order[: len(OTHERS) + 1]
    )
    rest = '<li class="q-soft">and other answers, in the last tint</li>' if len(order) > len(OTHERS) + 1 else ""
    return (
        f'<div class="q-pictures q-maps">{maps}</div><ul class="q-chips q-legend">{legend}{rest}</ul>'
        f"<h3>Inside the box</h3>{_table(seen, home)}"
        + how(
            "To the right: the attack’s change, 1 being all of it. Upwards: random noise of the same length, at a "
            "right angle to it. ○ the original, ✕ the adversarial picture, the line the attack’s way; dashed, what the "
            "strength allows. Colours that do not exist are cut off. Each network was asked on a grid of "
            f"{_grid(seen)} points, but not between points that already agree: "
            f"{sum(region.asked for region in seen.regions)} points in all. Of who answers by lot, the most frequent "
            f"of {LOOKS} answers is drawn."
        )
    )


def _letter(order: list[int], answer: int) -> str:
    place = order.index(answer)
    return LETTERS[place] if place <= len(OTHERS) else "…"


def _tint(order: list[int], answer: int) -> str:
    place = order.index(answer)
    return HOME if place == 0 else OTHERS[min(place, len(OTHERS)) - 1]


def _at(x: float, y: float) -> tuple[float, float]:
    return round((x - LEFT) / WIDE * SIDE, 1), round(SIDE - (y - BOTTOM) / WIDE * SIDE, 1)


def _map(region: Region, seen: Plane, order: list[int]) -> str:
    points = " ".join(f"{x},{y}" for x, y in (_at(*one) for one in seen.box))
    way = " ".join(f"{x},{y}" for x, y in (_at(*one) for one in seen.path))
    (x, y), (u, v) = _at(0, 0), _at(1, 0)
    words = f"Which answers {region.juror.title} gives around the picture"
    return (
        f'<svg class="q-map" viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{escape(words)}">'
        f"{_fields(region, order)}{_letters(region, order)}"
        f'<polygon class="q-map-box" points="{points}"/><polyline class="q-map-way" points="{way}"/>'
        f'<circle class="q-map-mark" cx="{x}" cy="{y}" r="5"/>'
        f'<path class="q-map-mark" d="M{u - 5} {v - 5}l10 10m0 -10l-10 10"/></svg>'
    )


def _fields(region: Region, order: list[int]) -> str:
    """One rectangle a run of equal answers; a point's field reaches half way to the next."""
    side, drawn = len(region.answers), []
    step = SIDE / (side - 1)
    for row, answers in enumerate(region.answers.tolist()):
        begin = 0
        for column in range(1, side + 1):
            if column == side or answers[column] != answers[begin]:
                left, right = max((begin - 0.5) * step, 0), min((column - 0.5) * step, SIDE)
                top, bottom = max(SIDE - (row + 0.5) * step, 0), min(SIDE - (row - 0.5) * step, SIDE)
                drawn.append(
                    f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left + 0.3:.1f}" '
                    f'height="{bottom - top + 0.3:.1f}" fill="{_tint(order, answers[begin])}"/>'
                )
                begin = column
    return "".join(drawn)


def _letters(region: Region, order: list[int]) -> str:
    """Each answer's letter where most of it is: colour alone would not do."""
    side, drawn = len(region.answers), []
    for answer in np.unique(region.answers).tolist():
        places = np.argwhere(region.answers == answer)
        if len(places) * 50 < side * side:
            continue  # too small to be written in
        clear = places[np.abs(places[:, 0] - (side - 1) / 2) * SIDE / (side - 1) > CLEAR]  # of the attack's way
        free = clear if len(clear) else places
        row, column = free[np.abs(free - free.mean(0)).sum(1).argmin()] * SIDE / (side - 1)
        x, y = min(max(column, 9), SIDE - 9), min(max(SIDE - row, 10), SIDE - 8)
        drawn.append(f'<text x="{x:.0f}" y="{y + 4:.0f}">{_letter(order, answer)}</text>')
    return "".join(drawn)


def _inside(seen: Plane, side: int) -> np.ndarray:
    """Which points of the grid lie in the box: a ray's corner is as far as the box reaches that way."""
    axis = np.arange(side) / (side - 1) * WIDE
    x, y = np.meshgrid(LEFT + axis, BOTTOM + axis)
    far = np.array([np.hypot(*one) for one in seen.box])
    turn = np.rint(np.arctan2(y, x) / (2 * np.pi) * len(far)).astype(int) % len(far)
    found: np.ndarray = np.hypot(x, y) <= far[turn]
    return found


def _table(seen: Plane, home: int) -> str:
    rows = ""
    for region in seen.regions:
        inside = region.answers[_inside(seen, len(region.answers))]
        others = Counter(inside[inside != home].tolist()).most_common(1)
        most = f"{escape(seen.labels[others[0][0]])}, {others[0][1] / len(inside):.0%}" if others else "nothing"
        rows += (
            f'<tr><th scope="row">{named(region.juror)}</th><td>{(inside == home).mean():.0%}</td><td>{most}</td></tr>'
        )
    head = f'<tr><th></th><th scope="col">says “{escape(seen.labels[home])}”</th><th scope="col">else mostly</th></tr>'
    return f'<div class="q-scroll"><table class="q-table">{head}{rows}</table></div>'


def _grid(seen: Plane) -> str:
    """How fine it is; where the time was up, some networks were asked more finely than others."""
    sides = sorted({len(region.answers) for region in seen.regions})
    return " or ".join(f"{side} × {side}" for side in sides)
