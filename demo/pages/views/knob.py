"""Turn the knob, and give it time: confidence against strength or iterations, as a chart and a table."""

from __future__ import annotations

from dataclasses import dataclass

from demo.figures.chart import Chart, Line
from demo.figures.of_run import DASHES
from demo.pages.stage import drawing
from demo.pages.views.parts import how, named
from demo.run.kept import Kept
from demo.run.views.knob import Turned

NOISE_COLOR = "#868e96"


@dataclass(frozen=True)
class Words:
    """unit: below the chart. grows: what happens from left to right. value: how one value is written. told: how the
    values were come by."""

    unit: str
    grows: str
    value: str
    told: str


WORDS = {
    "epsilon": Words("ε", "as the attack may change more", "{:g}/255", "strengths, in levels of 255"),
    "iterations": Words("iterations", "as the attack takes more steps", "{:g}", "numbers of iterations"),
}


def knob(seen: Turned, kept: Kept) -> str:
    """Confidence against the knob's value, with noise as the control, and the least that is enough for each network."""
    words = WORDS[seen.knob]
    lines = [Line(j.title, j.color, DASHES[j.group], seen.sure[j.name], seen.values) for j in seen.jurors]
    lines.append(Line("random noise", NOISE_COLOR, "dashdot", seen.noise, seen.values))
    chart = Chart(
        f"How sure each network is of “{kept.prepared.goal}”",
        max(seen.values) or 1,
        tuple(lines),
        True,
        f"How sure each network is, {words.grows}. Random noise of the same strength: the mean over these networks.",
        words.unit,
    )
    rows = "".join(
        f'<tr><th scope="row">{named(juror)}</th><td>{_least(seen.least[juror.name], seen)}</td></tr>'
        for juror in seen.jurors
    )
    table = (
        '<div class="q-scroll"><table class="q-table"><tr><th></th>'
        f'<th scope="col">falls from</th></tr>{rows}</table></div>'
    )
    told = how(
        f"{kept.plan.recipe.title} run anew at {len(seen.values)} {words.told}, with everything else as in the run on "
        "the stage, and judged on 8-bit pictures. Falls from: the least of these that was enough."
    )
    return f'<div class="q-beside">{drawing(chart)}</div>{table}{told}'


def _least(value: float | None, seen: Turned) -> str:
    write = WORDS[seen.knob].value.format
    return write(value) if value is not None else f"not at {write(max(seen.values))}"
