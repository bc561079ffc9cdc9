"""The left column: three numbered choices, and the settings that few need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from demo.attacks.knobs import Knob
from demo.attacks.recipes import IDEAS, RECIPES
from demo.pages import chips, defences, examples, packs
from demo.pages.controls import Argument, Controls
from demo.pages.upload import picture_input
from demo.pages.widgets import QUIET, shown, widget
from demo.run.request import DEFAULT_ATTACK, DEFAULT_ITERATIONS, MOST_ITERATIONS, STRONGEST
from models.packs import PACKS


@dataclass(frozen=True)
class Left:
    """The column: its controls, the examples and the room they lie in, and the accordion of less common settings, and
    the jury's best guesses."""

    controls: Controls
    sample: gr.Examples
    sources: gr.Column
    more: gr.Accordion
    guess: gr.Radio


def build(folder: Path) -> Left:
    """folder: where the examples are written."""
    made = examples.write(folder)
    with gr.Column(elem_classes="q-choice"):
        _heading(1, "A picture")
        picture = picture_input(made[0][1])
        with gr.Column(elem_id="q-sources") as sources:
            sample = gr.Examples(
                [[path] for _, path in made],
                picture,
                example_labels=[name for name, _ in made],
                label="Examples: a click runs them",
                elem_id="q-examples",
                cache_examples=False,
            )
        guess, label = _asked()
    with gr.Column(elem_classes="q-choice"):
        _heading(2, "The jury")
        pack, sentence = packs.menu()
        glance = gr.HTML(chips.opening(), elem_id="q-glance")
        with gr.Accordion("Change the jury", open=False, elem_id="q-change"):
            jury = packs.networks(pack, sentence)
            guards = defences.build(pack)
    with gr.Column(elem_classes="q-choice"):
        _heading(3, "The attack")
        idea, attack, saying = _attack_menu()
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
        argument = Argument(attack, epsilon, iterations, label, **_more(jury.pack, label), knobs=_knobs())
    _follow_attack(argument, idea, saying)
    jury.pack.change(lambda pack: PACKS[pack].epsilon, jury.pack, epsilon, **QUIET)
    controls = Controls(picture, jury, argument, guards)
    chips.connect(glance, controls)
    return Left(controls, sample, sources, more, guess)


def _attack_menu() -> tuple[gr.Radio, gr.Dropdown, gr.HTML]:
    """The attack, by its idea and then by its name, with its sentence."""
    first = RECIPES[DEFAULT_ATTACK]
    idea = gr.Radio(
        [(words, name) for name, words in IDEAS.items()],
        value=first.idea,
        label="By which idea?",
        show_label=False,
        elem_id="q-idea",
        elem_classes="q-ideas",
    )
    attack = gr.Dropdown(menu(first.idea), value=DEFAULT_ATTACK, label="Attack", elem_id="q-attack")
    return idea, attack, gr.HTML(_saying(DEFAULT_ATTACK))


def menu(idea: str) -> list[tuple[str, str]]:
    """The attacks of one idea, for a menu."""
    return [(recipe.title, name) for name, recipe in RECIPES.items() if recipe.idea == idea]


def every_knob() -> dict[str, Knob]:
    """Every knob of every recipe, once; where several share a name, as the attack that the page opens with has it."""
    rows = (*RECIPES.values(), RECIPES[DEFAULT_ATTACK])
    return {knob.name: knob for recipe in rows for knob in recipe.knobs}


def _heading(number: int, words: str) -> None:
    gr.HTML(f'<h2 class="q-step"><i>{number}</i>{words}</h2>')


def _saying(attack: str) -> str:
    recipe = RECIPES[attack]
    return (
        f'<p class="q-say">{recipe.sentence} '
        f'<a href="{recipe.link}" target="_blank" rel="noopener">{recipe.paper}</a></p>'
    )


def _asked() -> tuple[gr.Radio, gr.Dropdown]:
    """What does it show? The jury's best guesses as chips, and all names behind a search."""
    guess = gr.Radio([], label="Is it one of these?", visible=False, elem_id="q-guess", elem_classes="q-guesses")
    label = gr.Dropdown(
        _askable(_labels(packs.first().name)),
        value="",
        label="What does the picture show?",
        info="The label under attack: type to search.",
        elem_id="q-label",
    )
    guess.input(lambda name: name, guess, label, **QUIET)
    return guess, label


def _more(pack: gr.Radio, label: gr.Dropdown) -> dict[str, Any]:
    labels = _labels(packs.first().name)
    more = {
        "framing": gr.Radio(
            [("The centre, cropped", "crop"), ("All of it, with edges", "fit")], value="crop", label="Framing"
        ),
        "targeted": gr.Checkbox(False, label="Make the jury say something particular"),
        "target": gr.Dropdown(labels, value=labels[0], label="What it should say", visible=False),
        "seed": gr.Number(0, label="Seed", precision=0, minimum=0, info="Equal seeds give equal pictures."),
        "step_size": gr.Number(0, label="Step size (of 255)", minimum=0, info="0: the attack's own."),
        "side": gr.Radio([], value=None, label="Canvas", visible=False),
    }
    more["targeted"].change(lambda on: gr.update(visible=on), more["targeted"], more["target"], **QUIET)
    pack.change(_of_pack, pack, [label, more["target"], more["side"]], **QUIET)
    return more


def _of_pack(name: str) -> list[Any]:
    """The menus of classes, and the side of the canvas where the pack leaves a choice."""
    labels, sides = _labels(name), PACKS[name].sides
    several = len(sides) > 1
    canvas = {"choices": [(f"{side} px", side) for side in sides]} if several else {}
    return [
        gr.update(choices=_askable(labels), value=""),
        gr.update(choices=labels, value=labels[0]),
        gr.update(visible=several, value=sides[0] if several else None, **canvas),
    ]


def _labels(pack: str) -> list[str]:
    return list(PACKS[pack].vocabulary().values())


def _askable(labels: list[str]) -> list[tuple[str, str]]:
    return [("Let the jury say", ""), *((one, one) for one in labels)]


def _knobs() -> dict[str, Any]:
    first = {knob.name for knob in RECIPES[DEFAULT_ATTACK].knobs}
    return {name: widget(knob, visible=name in first) for name, knob in every_knob().items()}


def _follow_attack(argument: Argument, idea: gr.Radio, saying: gr.HTML) -> None:
    """The attack's idea and sentence, its own knobs with their defaults, and what it fixes follow the menu."""

    def of_idea(name: str) -> Any:
        attacks = menu(name)
        return gr.update(choices=attacks, value=attacks[0][1])

    def follow(attack: str) -> list[Any]:
        recipe = RECIPES[attack]
        mine = {knob.name: knob for knob in recipe.knobs}
        updates = [shown(mine[name]) if name in mine else gr.update(visible=False) for name in argument.knobs]
        steps = gr.update(interactive=recipe.steps is None)
        why = recipe.untargeted_because
        aim = gr.update(interactive=why is None, info=why, **({"value": False} if why else {}))
        return [recipe.idea, gr.update(choices=menu(recipe.idea)), _saying(attack), steps, aim, *updates]

    idea.input(of_idea, idea, argument.attack, **QUIET)
    followers = [idea, argument.attack, saying, argument.iterations, argument.targeted, *argument.knobs.values()]
    argument.attack.change(follow, argument.attack, followers, **QUIET)
