"""The same run for programs: the endpoint `/attack`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from demo.attacks.recipes import RECIPES
from demo.pages import running
from demo.pages.upload import picture_input
from demo.picture import FRAMINGS
from demo.request import (
    DEFAULT_ATTACK,
    DEFAULT_DRAWS,
    DEFAULT_EPSILON,
    DEFAULT_GUARDS,
    DEFAULT_ITERATIONS,
    DEFAULT_SURROGATES,
)
from models.catalog import PACKS

DESCRIPTION = f"""Attacks one picture and judges the result: the exact adversarial PNG and every number of the run.

surrogates: names such as {DEFAULT_SURROGATES[0]}. attack: one of {", ".join(RECIPES)}. epsilon and step_size
are in levels of 255 (step_size 0: the attack's own). seed: equal seeds give equal pictures. label: the class
under attack; empty lets the surrogates say. target: the class that the jury should say; empty for an untargeted
attack. framing: {" or ".join(FRAMINGS)}. knobs: the attack's own settings as an object, such as {{"momentum":
1.0}}.

pack: {" or ".join(PACKS)}; side: its canvas (0: its own). held_out: who is asked without being attacked (empty: the
pack's own cast). guards: defences asked in the end with their parameters, in front of guarded (empty: the best
held-out network). draws: looks by those that answer by lot. known_guard: a defence that the attacker looks
through."""


def attack(
    picture: Any,
    surrogates: Any,
    attack: Any,
    epsilon: Any,
    iterations: Any,
    seed: Any,
    label: Any,
    target: Any,
    framing: Any,
    step_size: Any,
    knobs: Any,
    pack: Any,
    side: Any,
    held_out: Any,
    guards: Any,
    guarded: Any,
    draws: Any,
    known_guard: Any,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """One run to its end; what is wrong with the request comes back as a sentence."""
    asked = dict(locals())  # the parameters' names are the endpoint's, and the request's
    asked["held_out"] = held_out or None
    try:
        with running.scratch() as folder:
            yield running.to_the_end(running.ask(asked), Path(folder))
    except Exception as problem:
        raise gr.Error(running.said(problem), print_exception=False) from problem


def build(concurrency: dict[str, Any]) -> None:
    """The endpoint, on components that the page does not show; what they let pass is checked as always."""
    with gr.Column(visible=False):
        inputs = [
            picture_input(),
            gr.JSON(list(DEFAULT_SURROGATES), label="surrogates"),
            gr.Textbox(DEFAULT_ATTACK, label="attack"),
            gr.Number(DEFAULT_EPSILON, label="epsilon"),
            gr.Number(DEFAULT_ITERATIONS, label="iterations"),
            gr.Number(0, label="seed"),
            gr.Textbox("", label="label"),
            gr.Textbox("", label="target"),
            gr.Textbox(FRAMINGS[0], label="framing"),
            gr.Number(0, label="step_size"),
            gr.JSON({}, label="knobs"),
            gr.Textbox("tiny", label="pack"),
            gr.Number(0, label="side"),
            gr.JSON([], label="held_out"),
            gr.JSON({name: dict(own) for name, own in DEFAULT_GUARDS.items()}, label="guards"),
            gr.Textbox("", label="guarded"),
            gr.Number(DEFAULT_DRAWS, label="draws"),
            gr.Textbox("", label="known_guard"),
        ]
        outputs = [gr.File(label="picture"), gr.JSON(label="run")]
        button = gr.Button("API")
    button.click(attack, inputs, outputs, api_name="attack", api_description=DESCRIPTION, **concurrency)
