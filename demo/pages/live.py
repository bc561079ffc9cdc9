"""The stage while a run goes on: its progress, its picture, its charts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.figures import svg
from demo.figures.chart import Chart
from demo.pages import cards
from demo.run.events import Prepared, Progress


def running(prepared: Prepared, progress: Progress, charts: Sequence[Chart]) -> str:
    """One frame of a run under way."""
    done = progress.step / progress.steps
    left = f"about {max(progress.seconds_left, 0.1):.1f} s left" if progress.step < progress.steps else "judging …"
    goal = f"towards “{escape(prepared.target)}”" if prepared.target else f"away from “{escape(prepared.label)}”"
    figures = "".join(drawing(chart) for chart in charts)
    return (
        f'<div class="q-card"><h2>Iteration {progress.step} of {progress.steps}</h2>'
        f'<span class="q-soft">Pushing {goal} · {left} · on {escape(prepared.look.device)}</span>'
        f'<div class="q-bar" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="{progress.steps}" aria-valuenow="{progress.step}"><span style="width:{done:.0%}"></span></div>'
        f'<div class="q-live"><figure>{cards.image(progress.picture, "The picture as it stands now")}'
        f"<figcaption>The picture so far, as the networks see it</figcaption>{draws(prepared, progress)}</figure>"
        f'<div class="q-pair">{figures}</div></div></div>'
    )


def drawing(chart: Chart) -> str:
    """A chart with its title, its legend, and how to read it."""
    words = f"<figcaption>{escape(chart.words)}</figcaption>" if chart.words else ""
    return f"<figure><h3>{escape(chart.title)}</h3>{svg.draw(chart)}{legend(chart)}{words}</figure>"


def draws(prepared: Prepared, progress: Progress) -> str:
    """Which surrogates the inner steps of this iteration drew, as dots in their colours, where the attack draws."""
    surrogates = [juror for juror in prepared.look.jurors if juror.group == "surrogate"]
    drawn = [surrogates[place] for place in progress.details.get("drawn", ())]
    if not drawn:
        return ""
    dots = "".join(f'<span class="q-dot" style="background:{juror.color}"></span>' for juror in drawn)
    names = ", ".join(juror.title for juror in drawn)
    return f'<div class="q-draws" role="img" aria-label="Drawn in turn: {escape(names)}">{dots}</div>'


def legend(chart: Chart) -> str:
    """Names beside each line's colour and dash: colour is never the only sign."""
    items = "".join(
        f'<li><svg viewBox="0 0 22 8" aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" stroke="{line.color}" '
        f'stroke-width="3" stroke-dasharray="{svg.DASHES[line.dash]}"/></svg>{escape(line.title)}</li>'
        for line in chart.lines
    )
    return f'<ul class="q-legend">{items}</ul>'
