"""The stage: the large picture beside the charts, and the benches below; the same before, during and after a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from demo.figures import svg
from demo.figures.chart import Chart
from demo.pages import replay, tiles
from demo.pages.glossary import explained
from demo.pages.tiles import Tile
from demo.run.events import Finished, Look, Prepared, Progress
from demo.run.picture import Pixels, strengthened
from demo.run.saved import Saved
from demo.run.verdict import Juror

STRENGTHS = (1, 8, 32)
"""How many times stronger what was added can be looked at."""


@dataclass(frozen=True)
class Crop:
    """The whole picture, and where along its longer side the square lies that they see, from 0 to 1."""

    whole: Pixels
    place: float


def opened(look: Look, crop: Crop | None = None) -> str:
    """Before a run: the picture, and what each network says of it. crop: where a square of it is seen."""
    words = (
        '<div class="q-invite"><h3>What happens when you press Attack</h3>'
        "<p>An algorithm nudges the picture’s colours, too "
        "little for you to mind, until the networks that it may look into give up. Then the interesting part: "
        "networks that it has <b>never seen</b>, and <b>defended</b> ones, are asked about the same picture.</p>"
        '<p class="q-soft">It takes a few seconds. You can stop at any time.</p></div>'
    )
    said = [Tile(juror, look.before[juror.name]) for juror in look.jurors if juror.name in look.before]
    benches = tiles.benches(said, False, "Asked when the attack is done.", _later(look))
    canvas = _cut(look, crop) if crop else _canvas(look.original, "The picture, as they see it", "what they see")
    return _stage(canvas, words, benches)


def live(prepared: Prepared, progress: Progress, charts: Sequence[Chart]) -> str:
    """One frame of a run under way."""
    marks = replay.statuses(progress.answers, prepared)
    members = [
        Tile(juror, prepared.look.before[juror.name], progress.answers.get(juror.name), marks.get(juror.name, ""))
        for juror in prepared.look.jurors
        if juror.name in prepared.look.before
    ]
    caption = f"iteration {progress.step} of {progress.steps}"
    canvas = _canvas(progress.picture, "The picture so far", caption) + _draws(prepared, progress)
    benches = tiles.benches(members, prepared.target is not None, later=_later(prepared.look))
    return _stage(canvas, _charts(charts), benches)


def judged(run: Saved, charts: Sequence[Chart]) -> str:
    """A finished run, to be replayed, compared and taken apart."""
    prepared, finished = run.prepared, run.finished
    members = [tiles.judged(finding) for finding in finished.findings]
    canvas = _compared(finished) + _scrubber(finished) + _looks(finished)
    benches = tiles.benches(members, prepared.target is not None)
    return _stage(canvas, _charts(charts), benches) + replay.data(prepared, finished, run.previews)


def _later(look: Look) -> list[Juror]:
    return [juror for juror in look.jurors if juror.name not in look.before]


def _stage(canvas: str, beside: str, benches: str) -> str:
    return (
        f'<div class="q-card q-stage"><div class="q-left">{canvas}</div><div class="q-beside">{beside}</div></div>'
        f"{benches}"
    )


def _canvas(pixels: Pixels, words: str, caption: str = "") -> str:
    shown = f'<span class="q-caption">{escape(caption)}</span>' if caption else ""
    return f'<div class="q-canvas"><img class="q-picture" src="{replay.preview(pixels)}" alt="{words}">{shown}</div>'


def _cut(look: Look, crop: Crop) -> str:
    """The whole picture with the square that they see, which can be dragged, and what they see in small."""
    height, width = crop.whole.shape[:2]
    short, way = min(height, width) / max(height, width), "x" if width > height else "y"
    return (
        f'<div class="q-canvas q-crop" data-way="{way}" style="--q-short:{short:.4f};--q-place:{crop.place:.3f}">'
        f'<img class="q-whole" draggable="false" src="{replay.preview(crop.whole)}" alt="The whole picture">'
        '<div class="q-window"></div>'
        f'<figure class="q-seen"><img src="{replay.preview(look.original)}" alt="The part that they see">'
        "<figcaption>what they see</figcaption></figure>"
        '<span class="q-caption">drag the square</span></div>'
    )


def _compared(finished: Finished) -> str:
    """Both pictures, one over the other, parted by a line that can be dragged, and what was added over both."""
    added = "".join(
        f'<img class="q-picture q-added" data-look="{times}" hidden src="{replay.preview(pixels)}" '
        f'alt="What was added, {times} times stronger, around grey">'
        for times in STRENGTHS
        for pixels in [strengthened(finished.adversarial, finished.original, times)]
    )
    return (
        f'<div class="q-canvas q-compare"><img class="q-picture" src="{replay.exact(finished.original)}" '
        f'alt="The original picture"><img class="q-picture q-over" src="{replay.exact(finished.adversarial)}" '
        f'alt="The adversarial picture">{added}<span class="q-caption">original ⟷ adversarial</span>'
        '<input class="q-part" type="range" min="0" max="100" value="50" '
        'aria-label="How much of the original picture is shown"></div>'
    )


def _scrubber(finished: Finished) -> str:
    steps = finished.history[-1].steps
    return (
        '<div class="q-scrub"><button type="button" class="q-play" aria-label="Replay the run">▶</button>'
        f'<input class="q-iteration" type="range" min="0" max="{steps}" value="{steps}" aria-label="Iteration">'
        f"<output>iteration {steps} of {steps}</output></div>"
    )


def _looks(finished: Finished) -> str:
    """The choice between the picture and what was added to it, with what was measured on the file."""
    buttons = ['<button type="button" class="q-look" data-look="0" aria-pressed="true">picture</button>']
    buttons += [
        f'<button type="button" class="q-look" data-look="{times}" aria-pressed="false">×{times}</button>'
        for times in STRENGTHS
    ]
    return (
        f'<div class="q-looks">{buttons[0]}<span class="q-soft">what was added:</span>{"".join(buttons[1:])}'
        f'<span class="q-soft">{" · ".join(_measures(finished.distances))}</span></div>'
    )


def _measures(far: Mapping[str, float]) -> list[str]:
    """What was measured on the file, each with a plain reading."""
    typical = 255 * 10 ** (-far["psnr"] / 20) if math.isfinite(far["psnr"]) else 0.0
    return [
        explained(f"largest change {far['linf']:.0f}/255", "No colour value moved by more than this, from 0 to 255."),
        explained(f"L2 {far['l2']:.2f}", "The length of the whole change, where one value from black to white is 1."),
        explained(f"PSNR {far['psnr']:.1f} dB", f"A colour value moved by {typical:.1f} of 255, in the square mean."),
    ]


def _charts(charts: Sequence[Chart]) -> str:
    return "".join(drawing(chart) for chart in charts)


def drawing(chart: Chart) -> str:
    """A chart with its title, how to read it, and its numbers as a table."""
    words = f"<figcaption>{escape(chart.words)}</figcaption>" if chart.words else ""
    rows = "".join(
        f"<tr><th>{escape(line.title)}</th><td>{chart.label(line.values[0])}</td>"
        f"<td>{chart.label(min(line.values))}</td><td>{chart.label(line.values[-1])}</td></tr>"
        for line in chart.lines
    )
    table = f"<table><tr><th></th><th>first</th><th>least</th><th>last</th></tr>{rows}</table>"
    twin = f'<details class="q-twin"><summary>as a table</summary>{table}</details>'
    return f"<figure><h3>{escape(chart.title)}</h3>{svg.draw(chart)}{words}{twin}</figure>"


def _draws(prepared: Prepared, progress: Progress) -> str:
    """Which surrogates the inner steps of this iteration drew, as dots in their colours, where the attack draws."""
    surrogates = [juror for juror in prepared.look.jurors if juror.group == "surrogate"]
    drawn = [surrogates[place] for place in progress.details.get("drawn", ())]
    if not drawn:
        return ""
    dots = "".join(f'<span class="q-dot" style="background:{juror.color}"></span>' for juror in drawn)
    names = ", ".join(juror.title for juror in drawn)
    return f'<div class="q-draws" role="img" aria-label="Drawn in turn: {escape(names)}">{dots}</div>'
