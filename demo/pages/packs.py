"""The second choice: which pack, its surrogates and held-out networks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

import models
from demo.pages.controls import Jury
from demo.pages.widgets import QUIET
from demo.run.device import best
from demo.run.roster import top1
from models import CARDS
from models.catalog import STUDIED
from models.packs import DEFAULT_PACK, PACKS, trio_of, trios


def build() -> Jury:
    """The pack's menu and its networks."""
    first = PACKS[DEFAULT_PACK].starters().surrogates
    pack = gr.Radio(
        [(row.title, name) for name, row in PACKS.items()],
        value=DEFAULT_PACK,
        label="Which jury?",
        show_label=False,
        elem_classes="q-either",
    )
    trouble = gr.HTML(visible=False)
    trio = gr.Radio(
        list(trios()),
        value=trio_of(PACKS["trios"].starters().surrogates),
        label="Which trio?",
        info="Its three answer as one: by probability, by vote, by logits. Try PGD on it, then MORA.",
        visible=False,
        elem_id="q-trio",
        elem_classes="q-either",
    )
    surrogates = gr.CheckboxGroup(
        described(DEFAULT_PACK),
        value=list(first),
        show_label=False,
        label="Surrogates",
        elem_id="q-surrogates",
        elem_classes=f"q-networks q-{DEFAULT_PACK}",
    )
    held_out = gr.CheckboxGroup(
        described("imagenet"),
        value=[],
        label="Who else is asked, without being attacked?",
        visible=False,
        elem_id="q-held-out",
        elem_classes="q-networks q-imagenet",
    )
    others = gr.HTML(rest(DEFAULT_PACK, first, None))
    for widget in (surrogates, held_out):
        widget.change(rest, [pack, surrogates, held_out], others, **QUIET)
    pack.input(switch, pack, [pack, trouble, surrogates, held_out, others, trio], **QUIET)
    trio.input(lambda title: trios()[title], trio, surrogates, **QUIET)
    return Jury(pack, surrogates, held_out)


def described(pack: str) -> list[tuple[str, str]]:
    """A pack's networks for a list of boxes: title, parameters, and how often they are right."""
    return [(_words(name), name) for name in listed(pack)]


def listed(pack: str) -> list[str]:
    """The networks of a pack that the list of boxes has."""
    return [name for name in models.names(pack) if CARDS[name].role not in STUDIED]


def offered(pack: str) -> tuple[Sequence[str], list[str]] | None:
    """Who looks first: the surrogates to begin with and all others of the list; None where one must be fetched."""
    surrogates, everybody = PACKS[pack].starters(best()).surrogates, listed(pack)
    if models.needs([*surrogates, *everybody]).download:
        return None
    return surrogates, everybody


def _words(name: str) -> str:
    card = CARDS[name]
    parameters = int(card.parameters or card.notes.get("parameters", 0))
    accuracy = f", {top1(name):.0%} right" if top1(name) else ""
    return f"{card.title} · {parameters / 1e6:.1f} M{accuracy}"


def switch(name: str) -> list[Any]:
    """Another pack, if it can be had; else a sentence, and the built-in one stays."""
    usable, why = models.available(name)
    trouble = gr.update(
        visible=not usable, value=f'<p class="q-say q-trouble">{escape(why)} The built-in jury stays.</p>'
    )
    pack = PACKS[name if usable else DEFAULT_PACK]
    chosen, asked = pack.starters(best())
    trio = trio_of(chosen)
    return [
        gr.update(value=pack.name),
        trouble,
        gr.update(
            choices=described(pack.name),
            value=list(chosen),
            elem_classes=f"q-networks q-{pack.name}",
            visible=trio is None,
        ),
        gr.update(value=[] if pack.shipped else list(asked), visible=not pack.shipped),
        rest(pack.name, chosen, asked),
        gr.update(visible=trio is not None, **({"value": trio} if trio else {})),
    ]


def rest(pack: str, surrogates: Sequence[str], held_out: Sequence[str] | None) -> str:
    """Who is never shown to the attacker, and what has to be fetched first."""
    if not surrogates:
        return '<p class="q-say">Tick at least one network.</p>'
    if trio_of(surrogates):
        return '<p class="q-say">The attacker sees all three. What counts is what they say together.</p>'
    asked = PACKS[pack].held_out() if PACKS[pack].shipped else held_out or ()
    watching = [CARDS[name].title for name in asked if name not in surrogates]
    if not watching:
        words = "Nobody is held out: every network that is asked is shown to the attacker."
    else:
        words = f"<b>Never shown to the attacker:</b> {escape(', '.join(watching))}."
    needs = models.needs([*surrogates, *asked])
    if needs.download:
        words += f" <b>To fetch first:</b> {needs.download / 2**20:.0f} MB."
    if not PACKS[pack].shipped:
        words += f" In memory: {needs.memory / 2**20:.0f} MB."
    return f'<p class="q-say">{words}</p>'
