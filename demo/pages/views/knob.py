"""Turn the knob: confidence against strength, as a chart and a table."""

from __future__ import annotations

from demo.figures.chart import Chart, Line
from demo.figures.of_run import DASHES
from demo.pages.stage import drawing
from demo.pages.views.parts import how, named
from demo.run.kept import Kept
from demo.run.views.knob import Turned

NOISE_COLOR = "#868e96"


def knob(seen: Turned, kept: Kept) -> str:
    """Confidence against strength, with noise as the control, and the least that is enough for each network."""
    lines = [Line(j.title, j.color, DASHES[j.group], seen.sure[j.name], seen.strengths) for j in seen.jurors]
    lines.append(Line("random noise", NOISE_COLOR, "dashdot", seen.noise, seen.strengths))
    words = "How sure each network is, as the attack may change more. Random noise: the mean over these networks."
    chart = Chart(
        f"How sure each network is of “{kept.prepared.goal}”", max(seen.strengths) or 1, tuple(lines), True, words, "ε"
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
        f"{kept.plan.recipe.title} run anew at {len(seen.strengths)} strengths, in levels of 255, with everything "
        "else as in the run on the stage, and judged on 8-bit pictures. Falls from: the least of these strengths that "
        "was enough."
    )
    return f'<div class="q-beside">{drawing(chart)}</div>{table}{told}'


def _least(strength: float | None, seen: Turned) -> str:
    return f"{strength:g}/255" if strength is not None else f"not at {max(seen.strengths):g}/255"
