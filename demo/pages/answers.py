"""What each network says of the picture as it is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.pages import cards
from demo.run.events import Look
from demo.run.verdict import ABSTAINS, Juror, Opinion


def first_look(look: Look) -> str:
    """What each network says of the picture as it is."""
    views = [(juror, look.before[juror.name]) for juror in look.jurors]
    agreeing = sum(opinion.answer == look.guess for _, opinion in views)
    heard = f"{agreeing} of {len(views)} see “{escape(look.guess)}”"
    if not look.sure:
        heard = f"they are unsure; their best guess is “{escape(look.guess)}”"
    rows = "".join(f"<li>{name(juror)}{answer(opinion, juror.color)}</li>" for juror, opinion in views)
    return f'<div class="q-card"><h3>Before the attack: {heard}</h3><ul class="q-views">{rows}</ul></div>'


def unknown(look: Look, labels: Sequence[str]) -> str:
    """Kind words for a picture that shows none of the things the jury knows."""
    said = "".join(
        f"<li>{escape(juror.title)}: {escape(look.before[juror.name].answer)} "
        f"({look.before[juror.name].top[0][1]:.0%})</li>"
        for juror in look.jurors
        if juror.group != "defended"
    )
    known = "".join(f"<li>{escape(label)}</li>" for label in sorted(labels)) if len(labels) < 200 else ""
    listed = f'<h3>What they know</h3><ul class="q-known">{known}</ul>' if known else ""
    return cards.card(
        "The jury does not recognise this picture",
        f"<p>These networks know only {len(labels)} things, and they disagree or are unsure here. "
        f"That is their limit, not your picture's. This is what they guess:</p><ul>{said}</ul>"
        "<p>You can go on all the same: we have set <b>What does the picture show?</b> to their best guess, "
        f"“{escape(look.guess)}”. Change it if you know better, and press <b>Attack</b> again.</p>"
        f"{listed}",
        role="status",
    )


def name(juror: Juror) -> str:
    dot = f'<span class="q-dot" style="background:{juror.color}"></span>'
    return f'<span class="q-name">{dot}<span>{escape(juror.title)}</span></span>'


def answer(opinion: Opinion, color: str, when: str = "") -> str:
    """when: said on a small screen, which has no heads of columns."""
    chance = dict(opinion.top).get(opinion.answer, 0.0)
    short = f'<span class="q-short">{when}</span>' if when else ""
    if opinion.answer == ABSTAINS:
        return f'<span class="q-answer">{short}too close to call</span>'
    return (
        f'<span class="q-answer">{short}{escape(opinion.answer)} {chance:.0%}'
        f'<span class="q-meter" style="width:{chance:.0%};background:{color}"></span></span>'
    )
