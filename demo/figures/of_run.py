"""From a run's frames to its charts: weights, confidence, and what the attack alone has to show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from demo.attacks.recipes import Recipe
from demo.figures.chart import Chart, Line
from demo.figures.explained import EXPLAINED
from demo.run.events import Progress
from demo.run.verdict import Juror

DASHES = {"surrogate": "solid", "held-out": "dash", "defended": "dot"}
"""A network's group, told where colour does not."""


def charts(history: Sequence[Progress], jurors: Sequence[Juror], goal: str, recipe: Recipe) -> list[Chart]:
    """What a run shows: weights, where the attack has any; confidence in the goal; and the attack's own chart."""
    steps = history[-1].steps
    drawn = []
    several = len(history[0].weights) > 1  # all of the weight is the only one's
    if several and (recipe.idea == "weigh" or recipe.chart == "weights" or _uneven(history)):
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
