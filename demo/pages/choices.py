"""The left column: three numbered choices, and the settings that few need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import asking, chips, defences, examples, menu, packs
from demo.pages.controls import Argument, Controls
from demo.pages.examples import OFFERED
from demo.pages.follow import Followers
from demo.pages.upload import picture_input
from demo.pages.widgets import QUIET
from demo.run.request import DEFAULT_ITERATIONS, MOST_ITERATIONS, STRONGEST
from models.packs import PACKS


@dataclass(frozen=True)
class Left:
    """The column: its controls, the examples' files by name, the examples by pack with their room, less
    common settings, and the jury's best guesses. followers: what follows the pack; sentence: what the pack says of
    itself. linked: the settings of an attack that a link brought.
    """

    controls: Controls
    made: dict[str, str]
    samples: dict[str, gr.Examples]
    sources: gr.Column
    more: gr.Accordion
    guess: gr.Radio
    followers: Followers
    sentence: gr.HTML
    linked: gr.State


def build(folder: Path) -> Left:
    """folder: where the examples are written."""
    made = dict(examples.write(folder))
    with gr.Column(elem_classes="q-choice"):
        _heading(1, "A picture")
        picture = picture_input(made[OFFERED[packs.first().name][0]], "q-picture")
        place = gr.Slider(
            0, 1, 0.5, step=0.01, label="Which part they see", visible=False, elem_id="q-place", buttons=[]
        )
        with gr.Column(elem_id="q-sources") as sources:
            samples = _samples(made, picture)
        guess, label = asking.build()
    with gr.Column(elem_classes="q-choice"):
        _heading(2, "The jury")
        pack, sentence = packs.menu()
        glance = gr.HTML(chips.opening(), elem_id="q-glance")
        with gr.Accordion("Change the jury", open=False, elem_id="q-change"):
            jury, followers = packs.networks(pack, sentence)
            guards = defences.build(followers)
    with gr.Column(elem_classes="q-choice"):
        _heading(3, "The attack")
        idea, attack, saying = menu.build()
        epsilon = gr.Slider(
            1,
            STRONGEST,
            packs.first().epsilon,
            step=1,
            label="Strength ε (of 255)",
            info="No colour value moves by more than this.",
        )
        iterations = gr.Slider(1, MOST_ITERATIONS, DEFAULT_ITERATIONS, step=1, label="Iterations")
    with gr.Accordion("More", open=False) as more:
        few_need = _more(followers, label)
        argument = Argument(attack, epsilon, iterations, label, place=place, **few_need, knobs=menu.knobs())
    linked = menu.follow(argument, idea, saying)
    followers.add(lambda pack: [PACKS[pack].epsilon], [epsilon])
    rooms = [sample.dataset for sample in samples.values()]
    followers.add(lambda pack: [gr.update(visible=name == pack) for name in samples], rooms)
    controls = Controls(picture, jury, argument, guards)
    chips.connect(glance, controls)
    return Left(controls, made, samples, sources, more, guess, followers, sentence, linked)


def _samples(paths: dict[str, str], picture: gr.Image) -> dict[str, gr.Examples]:
    """The examples of each pack; those of the one that opens are shown. paths: by name."""
    return {
        pack: gr.Examples(
            [[paths[name]] for name in OFFERED[pack]],
            picture,
            example_labels=list(OFFERED[pack]),
            label="Examples: a click runs them",
            elem_id=f"q-examples-{pack}",
            cache_examples=False,
            visible=pack == packs.first().name,
        )
        for pack in PACKS
    }


def _heading(number: int, words: str) -> None:
    gr.HTML(f'<h2 class="q-step"><i>{number}</i>{words}</h2>')


def _more(followers: Followers, label: gr.Dropdown) -> dict[str, Any]:
    labels = asking.labels(packs.first().name)
    more = {
        "framing": gr.Radio(
            [("A square of it", "crop"), ("All of it, with edges", "fit")], value="crop", label="Framing"
        ),
        "targeted": gr.Checkbox(False, label="Make the jury say something particular"),
        "target": gr.Dropdown(labels, value=labels[0], label="What it should say", visible=False),
        "seed": gr.Number(0, label="Seed", info="Whole. Equal seeds give equal pictures."),
        "step_size": gr.Number(0, label="Step size (of 255)", info=f"Up to {STRONGEST}. 0: the attack's own."),
        "side": gr.Radio([], value=None, label="Canvas", visible=False),
    }
    more["targeted"].change(lambda on: gr.update(visible=on), more["targeted"], more["target"], **QUIET)
    followers.add(_of_pack, [label, more["target"], more["side"]])
    return more


def _of_pack(name: str) -> list[Any]:
    """The menus of classes, and the side of the canvas where the pack leaves a choice."""
    labels, sides = asking.labels(name), PACKS[name].sides
    several = len(sides) > 1
    canvas = {"choices": [(f"{side} px", side) for side in sides]} if several else {}
    return [
        gr.update(choices=asking.askable(labels), value=""),
        gr.update(choices=labels, value=labels[0]),
        gr.update(visible=several, value=sides[0] if several else None, **canvas),
    ]
