"""Who sits on the jury: the pack, its surrogates and held-out networks, and the guards that are asked in the end."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

import models
from demo.device import best
from demo.jury import parameters, top1
from demo.request import DEFAULT_DRAWS, DEFAULT_GUARDS, DEFAULT_SURROGATES, MOST_DRAWS
from models import CARDS
from models.catalog import SIDES, STUDIED, vocabulary
from models.defences import DEFENCES, NINE
from models.defences.smoothing import DRAWS
from models.supply import bystanders, trio_of, trios

PACKS = {
    "tiny": "Built-in: 64 things, works offline",
    "trios": "Trios: small networks trained to disagree",
    "imagenet": "ImageNet: 1000 things, from the hub",
}
TOGETHER = ("softmax", "vote", "logits")
"""The guards that make one juror of a trio."""
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
Controls = dict[str, gr.components.Component]


def build() -> Controls:
    """The second choice: which pack, who is attacked, who is only asked."""
    pack = gr.Radio(
        [(words, name) for name, words in PACKS.items()],
        value="tiny",
        label="Which jury?",
        show_label=False,
        elem_classes="q-either",
    )
    trouble = gr.HTML(visible=False)
    trio = gr.Radio(
        list(trios()),
        value=trio_of(models.starters("trios").surrogates),
        label="Which trio?",
        info="Its three answer as one: by probability, by vote, by logits. Try PGD on it, then MORA.",
        visible=False,
        elem_id="q-trio",
        elem_classes="q-either",
    )
    surrogates = gr.CheckboxGroup(
        described("tiny"),
        value=list(DEFAULT_SURROGATES),
        show_label=False,
        label="Surrogates",
        elem_id="q-surrogates",
        elem_classes="q-networks q-tiny",
    )
    held_out = gr.CheckboxGroup(
        described("imagenet"),
        value=[],
        label="Who else is asked, without being attacked?",
        visible=False,
        elem_id="q-held-out",
        elem_classes="q-networks q-imagenet",
    )
    others = gr.HTML(rest("tiny", DEFAULT_SURROGATES, None))
    controls: Controls = {"pack": pack, "surrogates": surrogates, "held_out": held_out}
    for widget in (surrogates, held_out):
        widget.change(rest, [pack, surrogates, held_out], others, **QUIET)
    pack.input(switch, pack, [pack, trouble, surrogates, held_out, others, trio], **QUIET)
    trio.input(lambda title: trios()[title], trio, surrogates, **QUIET)
    return controls


def described(pack: str) -> list[tuple[str, str]]:
    """A pack's networks for a list of boxes: title, parameters, and how often they are right."""
    return [(_words(name), name) for name in listed(pack)]


def listed(pack: str) -> list[str]:
    """The networks of a pack that the list of boxes has."""
    return [name for name in models.names(pack) if CARDS[name].role not in STUDIED]


def studied() -> list[tuple[str, str]]:
    """The built-in pack's networks that are there to be studied, for a menu."""
    return [(CARDS[name].title, name) for name in models.names("tiny") if CARDS[name].role in STUDIED]


def _words(name: str) -> str:
    accuracy = f", {top1(name):.0%} right" if top1(name) else ""
    return f"{CARDS[name].title} · {parameters(name) / 1e6:.1f} M{accuracy}"


def switch(pack: str) -> list[Any]:
    """Another pack, if it can be had; else a sentence, and the built-in one stays."""
    usable, why = models.available(pack)
    trouble = gr.update(
        visible=not usable, value=f'<p class="q-say q-trouble">{escape(why)} The built-in jury stays.</p>'
    )
    pack = pack if usable else "tiny"
    chosen, asked = models.starters(pack, best())
    shown = pack == "imagenet"
    trio = {"value": trio_of(chosen)} if pack == "trios" else {}
    return [
        gr.update(value=pack),
        trouble,
        gr.update(
            choices=described(pack), value=list(chosen), elem_classes=f"q-networks q-{pack}", visible=pack != "trios"
        ),
        gr.update(value=list(asked) if shown else [], visible=shown),
        rest(pack, chosen, asked),
        gr.update(visible=pack == "trios", **trio),
    ]


def rest(pack: str, surrogates: Sequence[str], held_out: Sequence[str] | None) -> str:
    """Who is never shown to the attacker, and what has to be fetched first."""
    if not surrogates:
        return '<p class="q-say">Tick at least one network.</p>'
    if pack == "trios":
        return '<p class="q-say">The attacker sees all three. What counts is what they say together.</p>'
    asked = bystanders(pack) if pack == "tiny" else held_out or ()
    unseen = [CARDS[name].title for name in asked if name not in surrogates]
    if not unseen:
        words = "Nobody is held out: every network that is asked is shown to the attacker."
    else:
        words = f"<b>Never shown to the attacker:</b> {escape(', '.join(unseen))}."
    needs = models.needs([*surrogates, *asked])
    if needs.download:
        words += f" <b>To fetch first:</b> {needs.download / 2**20:.0f} MB."
    if pack != "tiny":
        words += f" In memory: {needs.memory / 2**20:.0f} MB."
    return f'<p class="q-say">{words}</p>'


def guards(pack_controls: Controls) -> Controls:
    """The guards that are asked in the end, their settings, and whether the attacker knows one."""
    single = [(row.title, name) for name, row in DEFENCES.items() if not row.several]
    asked = gr.Dropdown(
        [(row.title, name) for name, row in DEFENCES.items()],
        value=list(DEFAULT_GUARDS),
        multiselect=True,
        label="Guards asked in the end",
        info="In front of a held-out network; juries are made of all held-out ones of the kind they want.",
        elem_id="q-guards",
    )
    nine = gr.Button(f"The papers' defences ({len(NINE)})", size="sm", elem_id="q-nine")
    guarded = gr.Dropdown([("The best held-out network", ""), *_titled("tiny")], value="", label="In front of")
    also = gr.Dropdown(
        studied(),
        value=[],
        multiselect=True,
        label="Networks to be studied",
        info="Asked as well. Those trained under noise or on coarse pictures answer as they were trained to.",
        elem_id="q-studied",
    )
    controls: Controls = {"guards": asked, "guarded": guarded, "also": also}
    for name, row in DEFENCES.items():
        for parameter in row.parameters:
            if parameter.several or parameter is DRAWS:  # every guard is asked as often as `draws` below says
                continue
            controls[f"{name}.{parameter.name}"] = gr.Number(
                DEFAULT_GUARDS.get(name, {}).get(parameter.name, parameter.default),
                minimum=parameter.low,
                maximum=parameter.high,
                precision=0 if parameter.whole else None,
                label=f"{row.title}: {parameter.title.lower()}",
                info=parameter.help,
                visible=name in DEFAULT_GUARDS,
            )
    controls["draws"] = gr.Number(
        DEFAULT_DRAWS,
        minimum=1,
        maximum=MOST_DRAWS,
        precision=0,
        label="Looks by those that answer by lot",
        info="Two are too few to settle a smoothed vote.",
    )
    controls["known_guard"] = gr.Dropdown(
        [("Nothing: it sees the networks as they are", ""), *single],
        value="",
        label="The attacker looks through",
        info="It knows the defence, and differentiates it as far as it can be.",
    )
    widgets = {key: widget for key, widget in controls.items() if "." in key}

    def follow(chosen: list[str]) -> list[Any]:
        return [gr.update(visible=key.split(".")[0] in (chosen or ())) for key in widgets]

    asked.change(follow, asked, list(widgets.values()), **QUIET)
    nine.click(lambda: list(NINE), None, asked, **QUIET)
    pack_controls["pack"].change(_guards_of, [pack_controls["pack"], asked], [guarded, also, asked], **QUIET)
    return controls


def _guards_of(pack: str, chosen: list[str]) -> list[Any]:
    """What follows the pack: trios open with the guards that make one juror of them, and leave these behind."""
    if pack == "trios":
        guards = gr.update(value=list(TOGETHER))
    else:
        guards = gr.update(value=list(DEFAULT_GUARDS)) if list(chosen or ()) == list(TOGETHER) else gr.skip()
    return [
        gr.update(choices=[("The best held-out network", ""), *_titled(pack)], value=""),
        gr.update(visible=pack == "tiny", value=[]),
        guards,
    ]


def _titled(pack: str) -> list[tuple[str, str]]:
    return [(CARDS[name].title, name) for name in models.names(pack)]


def chosen_guards(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The guards' widgets as a request has them: each chosen guard with its settings."""
    return {
        name: {
            parameter.name: values[f"{name}.{parameter.name}"]
            for parameter in DEFENCES[name].parameters
            if values.get(f"{name}.{parameter.name}") is not None
        }
        for name in values["guards"] or ()
        if name in DEFENCES
    }


def canvas(pack: gr.Radio) -> gr.Radio:
    """The side of the jury's canvas, where the pack leaves a choice."""
    side = gr.Radio([(f"{side} px", side) for side in SIDES["imagenet"]], value=None, label="Canvas", visible=False)
    pack.change(
        lambda name: gr.update(visible=len(SIDES[name]) > 1, value=SIDES[name][0] if len(SIDES[name]) > 1 else None),
        pack,
        side,
        **QUIET,
    )
    return side


def classes(pack: gr.Radio, label: gr.Dropdown, target: gr.Dropdown) -> None:
    """The menus of classes follow the pack."""

    def follow(name: str) -> list[Any]:
        labels = list(vocabulary(name).values())
        return [
            gr.update(choices=[("Let the jury say", ""), *((one, one) for one in labels)], value=""),
            gr.update(choices=labels, value=labels[0]),
        ]

    pack.change(follow, pack, [label, target], **QUIET)
