"""The jury at a glance: three rows of chips, and what must be fetched for it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

import models
from demo.pages.controls import Controls, held_out
from demo.pages.packs import first
from demo.pages.widgets import QUIET
from demo.run.roster import roster
from demo.run.verdict import GROUPS, Juror
from models.packs import PACKS

MOST = 6
"""How many chips of a row are shown; the rest is a number."""


def connect(shown: gr.HTML, controls: Controls) -> None:
    """Keeps the chips at what is chosen."""
    jury, guards = controls.jury, controls.guards
    chosen = [jury.pack, jury.surrogates, jury.held_out, guards.studied, guards.guards, guards.guarded]
    gr.on([widget.change for widget in chosen], chips, chosen, shown, **QUIET)


def opening() -> str:
    """The chips of the jury that the page opens with."""
    pack = first()
    surrogates, asked = pack.starters()
    return chips(pack.name, surrogates, asked, (), list(pack.guards), "")


def chips(
    pack: str, surrogates: Sequence[str], ticked: Sequence[str], studied: Sequence[str], guards: Any, guarded: str
) -> str:
    """Who is attacked, who only watches, and who watches defended."""
    if not surrogates:
        return '<p class="q-say q-trouble">Tick at least one network that the attacker may look into.</p>'
    asked = held_out(pack, ticked, studied)
    watching = [name for name in (PACKS[pack].held_out() if asked is None else asked) if name not in surrogates]
    behind = guarded if guarded in watching else None
    entries = roster(surrogates, watching, {name: {} for name in guards or ()}, behind)
    rows = "".join(_row(title, [e.juror for e in entries if e.juror.group == group]) for group, title in GROUPS.items())
    needs = models.needs([*surrogates, *watching])
    fetch = f'<p class="q-say"><b>To fetch first:</b> {needs.download / 2**20:.0f} MB.</p>' if needs.download else ""
    return rows + fetch


def _row(title: str, jurors: Sequence[Juror]) -> str:
    shown = "".join(
        f'<li><i class="q-dot" style="background:{juror.color}"></i>{escape(juror.title)}</li>'
        for juror in jurors[:MOST]
    )
    more = f"<li>and {len(jurors) - MOST} more</li>" if len(jurors) > MOST else ""
    return f'<div class="q-row">{escape(title)}</div><ul class="q-chips">{shown or "<li>nobody</li>"}{more}</ul>'
