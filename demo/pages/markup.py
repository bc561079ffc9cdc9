"""The page's own HTML: what runs, the verdict, what each network says. Escaped, and themed by CSS alone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from demo.events import Finished, Loading, Prepared, Progress
from demo.figures import SVG_DASHES, Chart, svg
from demo.picture import Pixels, amplified, encode
from demo.verdict import ABSTAINS, GROUPS, Finding, Juror, Opinion, uncounted

TAGS = {
    "fooled": "✕ fooled",
    "holds": "✓ holds",
    "abstains": "○ abstains",
    "wrong": "– wrong before",
    "undecided": "– abstained before",
}
_TARGETED_TAGS = {"fooled": "✕ says it", "holds": "✓ resists", "abstains": "○ abstains", "wrong": "– said it before"}


def image(pixels: Pixels, words: str) -> str:
    """A picture within the page: a PNG, so exactly these pixels."""
    data = base64.b64encode(encode(pixels)).decode()
    return f'<img class="q-picture" src="data:image/png;base64,{data}" alt="{escape(words)}">'


def card(title: str, body: str = "", *, kind: str = "", role: str = "") -> str:
    """A card with a heading; body is HTML."""
    attributes = f'class="q-card {kind}"' + (f' role="{role}"' if role else "")
    return f"<div {attributes}><h2>{escape(title)}</h2>{body}</div>"


def error(sentence: str) -> str:
    """What went wrong and what to do, announced to screen readers too."""
    return card("That did not work", f"<p>{escape(sentence)}</p>", kind="q-error", role="alert")


def welcome() -> str:
    """The page before its first run."""
    return card(
        "Can you change a jury's mind without changing what you see?",
        "<p>Every network of the jury looks at the picture and says what it shows. Press <b>Attack</b>: an algorithm "
        "then nudges the picture's colours, too little for you to mind, until the networks that it may look into (the "
        "<b>surrogates</b>) give up. Then the interesting part: networks that it has <b>never seen</b>, and "
        "<b>defended</b> ones, are asked about the same picture.</p>"
        '<p class="q-soft">It takes a few seconds. You can stop at any time.</p>',
    )


def opening(prepared: Prepared) -> str:
    """What each network says of the picture as it is."""
    views = [(juror, prepared.before[juror.name]) for juror in prepared.jurors]
    agreeing = sum(opinion.answer == prepared.guess for _, opinion in views)
    heard = f"{agreeing} of {len(views)} see “{escape(prepared.guess)}”"
    if not prepared.sure:
        heard = f"they are unsure; their best guess is “{escape(prepared.guess)}”"
    rows = "".join(f"<li>{_name(juror)}{_answer(opinion, juror.color)}</li>" for juror, opinion in views)
    return f'<div class="q-card"><h3>Before the attack: {heard}</h3><ul class="q-views">{rows}</ul></div>'


def stopped(button: str) -> str:
    """After Stop. button: what begins again."""
    return card("Stopped", f"<p>Nothing was judged. Press <b>{button}</b> to begin again.</p>", role="status")


def waiting(words: str) -> str:
    """Before anything can be shown."""
    return card(words, '<div class="q-bar"><span style="width:4%"></span></div>', role="status")


def fetching(loading: Loading) -> str:
    """A network on its way from the hub."""
    share = loading.have / max(loading.total, 1)
    words = f"{loading.have / 2**20:.0f} of {loading.total / 2**20:.0f} MB"
    bar = f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>'
    return card(f"Fetching {loading.title} …", f'<p class="q-soft">{words}</p>{bar}', role="status")


def live(prepared: Prepared, progress: Progress, charts: Sequence[Chart]) -> str:
    """One frame of a run under way."""
    done = progress.step / progress.steps
    left = f"about {max(progress.seconds_left, 0.1):.1f} s left" if progress.step < progress.steps else "judging …"
    goal = f"towards “{escape(prepared.target)}”" if prepared.target else f"away from “{escape(str(prepared.label))}”"
    figures = "".join(drawing(chart) for chart in charts)
    return (
        f'<div class="q-card"><h2>Iteration {progress.step} of {progress.steps}</h2>'
        f'<span class="q-soft">Pushing {goal} · {left} · on {escape(prepared.device)}</span>'
        f'<div class="q-bar" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="{progress.steps}" aria-valuenow="{progress.step}"><span style="width:{done:.0%}"></span></div>'
        f'<div class="q-live"><figure>{image(progress.picture, "The picture as it stands now")}'
        f"<figcaption>The picture so far, as the networks see it</figcaption>{draws(prepared, progress)}</figure>"
        f'<div class="q-pair">{figures}</div></div></div>'
    )


def drawing(chart: Chart) -> str:
    """A chart with its title, its legend, and how to read it."""
    words = f"<figcaption>{escape(chart.words)}</figcaption>" if chart.words else ""
    return f"<figure><h3>{escape(chart.title)}</h3>{svg(chart)}{legend(chart)}{words}</figure>"


def draws(prepared: Prepared, progress: Progress) -> str:
    """Which surrogates the inner steps of this iteration drew, as dots in their colours, where the attack draws."""
    surrogates = [juror for juror in prepared.jurors if juror.group == "surrogate"]
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
        f'stroke-width="3" stroke-dasharray="{SVG_DASHES[line.dash]}"/></svg>{escape(line.title)}</li>'
        for line in chart.lines
    )
    return f'<ul class="q-legend">{items}</ul>'


def verdict(finished: Finished, gradients: int, device: str) -> str:
    """The verdict in one sentence, and what it cost."""
    goal = f"made to say “{finished.target}”" if finished.target else f"argued away from “{finished.label}”"
    small = (
        f"The picture was {goal} in {finished.history[-1].step} iterations, {finished.seconds:.1f} s and "
        f"{gradients} gradients on {device}. Judged on the very bytes that you can download."
    )
    aside = uncounted(finished.findings, finished.target is not None)
    body = "".join(f'<p class="q-soft">{escape(words)}</p>' for words in (small, aside) if words)
    return card(finished.sentence, body, role="status")


def difference(finished: Finished) -> str:
    """The perturbation made visible, with what was measured on the file."""
    pixels, factor = amplified(finished.adversarial, finished.original)
    far = finished.distances
    measured = f"Largest change {far['linf']:.0f}/255 · L2 {far['l2']:.2f} · PSNR {far['psnr']:.1f} dB"
    return (
        f'<figure class="q-figure">{image(pixels, "The difference, amplified")}'
        f"<figcaption>What was added, {factor:.0f} times stronger. {escape(measured)}.</figcaption></figure>"
    )


def table(finished: Finished) -> str:
    """What each network says, before and after, in three groups; rows open to the full top five."""
    tags = _TARGETED_TAGS if finished.target else TAGS
    parts = ['<div class="q-rowhead"><span>network</span><span>before</span><span>after</span><span></span></div>']
    for group, title in GROUPS.items():
        members = [finding for finding in finished.findings if finding.juror.group == group]
        if members:
            parts.append(f'<div class="q-group">{escape(title)}</div>')
            parts += [_row(finding, tags) for finding in members]
    if not any(finding.juror.group == "held-out" for finding in finished.findings):
        parts.append('<p class="q-soft">Nobody is held out.</p>')
    return f'<div class="q-card"><h3>What each network says (open a row for its top five)</h3>{"".join(parts)}</div>'


def _row(finding: Finding, tags: dict[str, str]) -> str:
    juror = finding.juror
    tag = tags[finding.status]
    note = ""
    if juror.random and finding.status in ("fooled", "holds"):
        share = finding.share if finding.status == "fooled" else 1 - finding.share
        tag += f" in {round(share * finding.after.draws)} of {finding.after.draws} looks"
        note = (
            f'<p class="q-soft q-note">It answers by lot. Fooled in {finding.share:.0%} of {finding.after.draws} looks '
            f"(95 % interval {finding.low:.0%} to {finding.high:.0%}).</p>"
        )
    return (
        f'<details class="q-row"><summary>{_name(juror)}'
        f"{_answer(finding.before, juror.color, 'before')}{_answer(finding.after, juror.color, 'after')}"
        f'<span class="q-tag q-{finding.status}">{tag}</span></summary>'
        f'<div class="q-fives">{_five(finding.before, "Before")}{_five(finding.after, "After")}{note}</div></details>'
    )


def _name(juror: Juror) -> str:
    dot = f'<span class="q-dot" style="background:{juror.color}"></span>'
    return f'<span class="q-name">{dot}<span>{escape(juror.title)}</span></span>'


def _answer(opinion: Opinion, color: str, when: str = "") -> str:
    """when: said on a small screen, which has no heads of columns."""
    chance = dict(opinion.top).get(opinion.answer, 0.0)
    short = f'<span class="q-short">{when}</span>' if when else ""
    if opinion.answer == ABSTAINS:
        return f'<span class="q-answer">{short}too close to call</span>'
    return (
        f'<span class="q-answer">{short}{escape(opinion.answer)} {chance:.0%}'
        f'<span class="q-meter" style="width:{chance:.0%};background:{color}"></span></span>'
    )


def _five(opinion: Opinion, when: str) -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{chance:.1%}</td></tr>" for name, chance in opinion.top)
    return f"<table><caption>{when}</caption>{rows}</table>"


def unknown(prepared: Prepared, labels: Sequence[str]) -> str:
    """Kind words for a picture that shows none of the things the jury knows."""
    said = "".join(
        f"<li>{escape(juror.title)}: {escape(prepared.before[juror.name].answer)} "
        f"({prepared.before[juror.name].top[0][1]:.0%})</li>"
        for juror in prepared.jurors
        if juror.group != "defended"
    )
    known = "".join(f"<li>{escape(label)}</li>" for label in sorted(labels)) if len(labels) < 200 else ""
    listed = f'<h3>What they know</h3><ul class="q-known">{known}</ul>' if known else ""
    return card(
        "The jury does not recognise this picture",
        f"<p>These networks know only {len(labels)} things, and they disagree or are unsure here. "
        f"That is their limit, not your picture's. This is what they guess:</p><ul>{said}</ul>"
        "<p>You can go on all the same: we have set <b>What does the picture show?</b> to their best guess, "
        f"“{escape(prepared.guess)}”. Change it if you know better, and press <b>Attack</b> again.</p>"
        f"{listed}",
        role="status",
    )
