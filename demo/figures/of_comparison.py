"""From a comparison to its chart: what each attack does to the held-out networks for its gradients."""

from __future__ import annotations

from collections.abc import Sequence

from demo.figures.chart import Chart, Line
from demo.run.comparison import Contestant

COLORS = ("#4c6ef5", "#e8590c", "#2f9e44", "#ae3ec9")
DASHES = ("solid", "dash", "dot", "dashdot")


def curves(done: Sequence[Contestant]) -> Chart:
    """Mean confidence of the held-out networks against gradients spent, a curve an attack."""
    lines = tuple(
        Line(
            contestant.title,
            color,
            dash,
            tuple(value for _, value in contestant.curve()),
            tuple(cost for cost, _ in contestant.curve()),
        )
        for contestant, color, dash in zip(done, COLORS, DASHES, strict=False)
    )
    end = max((line.places[-1] for line in lines), default=1.0)
    whose = "held-out" if done[0].held_out() else "attacked"
    return Chart(f"How sure the {whose} networks are on the way, on average", end, lines, axis="gradients")
