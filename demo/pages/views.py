"""How each view of *See why* is drawn: pictures with their names, tables, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.figures.chart import Chart, Line
from demo.figures.of_run import DASHES
from demo.pages.replay import preview, sharp
from demo.pages.stage import drawing
from demo.pages.tiles import TAGS, TARGETED_TAGS
from demo.run.kept import Kept
from demo.run.verdict import Juror
from demo.run.views.carried import WAYS, Carried
from demo.run.views.knob import Turned
from demo.run.views.ways import Ways

NOISE_COLOR = "#868e96"


def ways(seen: Ways, kept: Kept) -> str:
    """Gradient signs, where they agree, and what each rule makes of them."""
    signs = "".join(_picture(sharp(pixels), _named(juror), juror.title) for juror, pixels in seen.signs)
    shares = (
        f"All agree on {seen.shares['all']:.0%} of the colour values, most on {seen.shares['most']:.0%}, fewer on "
        f"{seen.shares['few']:.0%}."
    )
    rules = "".join(
        _picture(sharp(pixels), f"<b>{escape(name)}</b> {escape(words)}", name) for name, words, pixels in seen.rules
    )
    agreement = _picture(sharp(seen.agreement), f"<b>Agreement</b> {shares} White: all.", "Where they agree")
    return (
        f"<h3>What each attacked network would have brighter or darker, at iteration {seen.step}</h3>"
        f'<div class="q-pictures">{signs}{agreement}</div>'
        f'<h3>What a vote makes of it</h3><div class="q-pictures">{rules}</div>'
        f"<h3>How alike their gradients are</h3>{_cosines(seen)}"
        + _how(
            "One gradient of every attacked network’s cross-entropy at this picture. Bright: brightening that colour "
            "value harms the network; dark: darkening does; grey: neither. 1 is the same way, 0 a right angle, -1 the "
            "opposite."
        )
    )


def _cosines(seen: Ways) -> str:
    heads = "".join(f'<th scope="col">{escape(juror.title)}</th>' for juror, _ in seen.signs)
    rows = "".join(
        f'<tr><th scope="row">{_named(juror)}</th>{"".join(f"<td>{_cosine(value)}</td>" for value in row)}</tr>'
        for (juror, _), row in zip(seen.signs, seen.cosines, strict=True)
    )
    return f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{rows}</table></div>'


def _cosine(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # no minus before a zero


def carried(parts: Sequence[Carried], kept: Kept) -> str:
    """Pictures with a part of the change, and who still falls to each."""
    return "".join(_parts(way, [part for part in parts if part.way == way], kept) for way in WAYS) + _how(
        "The original with only that part of the change, in 8 bits, shown to every network that gives one answer. "
        "Pixels that changed alike are taken by lot; waves are those of each colour’s Fourier transform."
    )


def _parts(way: str, parts: Sequence[Carried], kept: Kept) -> str:
    tags = TARGETED_TAGS if kept.prepared.target else TAGS
    pictures = "".join(
        _picture(preview(part.picture), f"<b>{part.share:.0%}</b>", f"{part.share:.0%}") for part in parts
    )
    heads = "".join(f'<th scope="col">{part.share:.0%}</th>' for part in parts)
    rows = ""
    for place, (juror, *_) in enumerate(parts[0].said if parts else ()):
        cells = ""
        for part in parts:
            _, answer, chance, mark = part.said[place]
            sign = tags[mark].partition(" ")[0]
            cells += f'<td class="q-{mark}" title="{escape(tags[mark])}">{sign} {escape(answer)} {chance:.0%}</td>'
        rows += f'<tr><th scope="row">{_named(juror)}</th>{cells}</tr>'
    table = f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{rows}</table></div>'
    return f'<h3>Only {escape(WAYS[way])}</h3><div class="q-pictures">{pictures}</div>{table}'


def knob(seen: Turned, kept: Kept) -> str:
    """Confidence against strength, with noise as the control, and the least that is enough for each network."""
    lines = [Line(j.title, j.color, DASHES[j.group], seen.sure[j.name], seen.strengths) for j in seen.jurors]
    lines.append(Line("random noise", NOISE_COLOR, "dashdot", seen.noise, seen.strengths))
    words = "How sure each network is, as the attack may change more. Random noise: the mean over these networks."
    chart = Chart(
        f"How sure each network is of “{kept.prepared.goal}”", max(seen.strengths) or 1, tuple(lines), True, words, "ε"
    )
    rows = "".join(
        f'<tr><th scope="row">{_named(juror)}</th><td>{_least(seen.least[juror.name], seen)}</td></tr>'
        for juror in seen.jurors
    )
    table = (
        '<div class="q-scroll"><table class="q-table"><tr><th></th>'
        f'<th scope="col">falls from</th></tr>{rows}</table></div>'
    )
    how = _how(
        f"{kept.plan.recipe.title} run anew at {len(seen.strengths)} strengths, in levels of 255, with everything else "
        "as in the run on the stage, and judged on 8-bit pictures. Falls from: the least of these strengths that was "
        "enough."
    )
    return f'<div class="q-beside">{drawing(chart)}</div>{table}{how}'


def _least(strength: float | None, seen: Turned) -> str:
    return f"{strength:g}/255" if strength is not None else f"not at {max(seen.strengths):g}/255"


def _named(juror: Juror) -> str:
    return f'<span class="q-who"><i class="q-dot" style="background:{juror.color}"></i>{escape(juror.title)}</span>'


def _picture(source: str, caption: str, words: str) -> str:
    """caption: HTML."""
    image = f'<img class="q-picture" src="{source}" alt="{escape(words)}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _how(words: str) -> str:
    return f'<p class="q-soft">{words}</p>'
