"""The jury at a glance: three rows of chips, and what must be fetched for it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

import models
from demo.pages.controls import Controls, held_out, surrogates
from demo.pages.packs import first
from demo.pages.widgets import QUIET
from demo.run.attacked import networks_of, no_longer_watching
from demo.run.roster import roster
from demo.run.verdict import GROUPS, Juror
from models.packs import PACKS

MOST = 6
"""How many chips of a row are shown; the rest is a number."""


def connect(shown: gr.HTML, controls: Controls) -> None:
    """Keeps the chips at what is chosen."""
    jury, guards = controls.jury, controls.guards
    others = [jury.held_out, guards.studied, guards.guards, guards.guarded]
    attacked = [jury.surrogates, jury.answering, jury.bare, *jury.settings.values()]

    def follow(pack: str, *values: Any) -> str:
        watching, (networks, answering, bare, *settings) = values[: len(others)], values[len(others) :]
        return chips(
            pack, surrogates(networks, answering, bare, dict(zip(jury.settings, settings, strict=True))), *watching
        )

    chosen = [jury.pack, *others, *attacked]
    gr.on([widget.change for widget in chosen], follow, chosen, shown, **QUIET)


def opening() -> str:
    """The chips of the jury that the page opens with."""
    pack = first()
    attacked, asked = pack.starters()
    return chips(pack.name, attacked, asked, (), list(pack.guards), "")


def chips(
    pack: str, attacked: Sequence[str], ticked: Sequence[str], studied: Sequence[str], guards: Any, guarded: str
) -> str:
    """Who is attacked, who only watches, and who watches defended."""
    if not attacked:
        return '<p class="q-say q-trouble">Tick at least one network that the attacker may look into.</p>'
    asked = held_out(pack, ticked, studied)
    cast = PACKS[pack].held_out() if asked is None else asked
    try:
        touched = networks_of(attacked)
    except ValueError as problem:
        return f'<p class="q-say q-trouble">{escape(str(problem))}</p>'
    watching = [name for name in cast if name not in touched]
    behind = guarded if guarded in watching else None
    entries = roster(attacked, watching, {name: {} for name in guards or ()}, behind)
    rows = "".join(_row(title, [e.juror for e in entries if e.juror.group == group]) for group, title in GROUPS.items())
    needs = models.needs([*touched, *watching])
    fetch = f'<p class="q-say"><b>To fetch first:</b> {needs.download / 2**20:.0f} MB.</p>' if needs.download else ""
    note = no_longer_watching(attacked, cast)
    return rows + (f'<p class="q-say">{escape(note)}</p>' if note else "") + fetch


def _row(title: str, jurors: Sequence[Juror]) -> str:
    shown = "".join(
        f'<li><i class="q-dot" style="background:{juror.color}"></i>{escape(juror.title)}</li>'
        for juror in jurors[:MOST]
    )
    more = f"<li>and {len(jurors) - MOST} more</li>" if len(jurors) > MOST else ""
    return f'<div class="q-row">{escape(title)}</div><ul class="q-chips">{shown or "<li>nobody</li>"}{more}</ul>'
