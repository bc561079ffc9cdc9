"""The left column: three numbered choices, and the settings that few need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from demo import examples
from demo.attacks.knobs import Choice, Choices, Flag, Knob, Number
from demo.attacks.recipes import IDEAS, RECIPES
from demo.pages import jurors
from demo.pages.upload import picture_input
from demo.request import (
    DEFAULT_ATTACK,
    DEFAULT_EPSILON,
    DEFAULT_ITERATIONS,
    LONGEST,
    STRONGEST,
)
from models.catalog import vocabulary
from models.supply import bystanders

TRIO_EPSILON = 2
"""The strength in the pack of trios: theirs is a question of small budgets, and at the usual one all of them fall."""
Controls = dict[str, gr.components.Component]
Knobs = dict[str, Knob]


def knobs() -> Knobs:
    """Every knob of every recipe, once; where several share a name, as the attack that the page opens with has it."""
    rows = (*RECIPES.values(), RECIPES[DEFAULT_ATTACK])
    return {knob.name: knob for recipe in rows for knob in recipe.knobs}


def build(folder: Path) -> tuple[Controls, gr.Examples, gr.Accordion]:
    """The left column: every control by its name, the examples, and the accordion of less common settings."""
    made = examples.write(folder)
    controls: Controls = {}
    with gr.Column(elem_classes="q-choice"):
        _heading(1, "A picture")
        controls["picture"] = picture_input(made[0][1])
        sample = gr.Examples(
            [[path] for _, path in made],
            controls["picture"],
            example_labels=[name for name, _ in made],
            label="Examples: a click runs them",
            elem_id="q-examples",
            cache_examples=False,
        )
    with gr.Column(elem_classes="q-choice"):
        _heading(2, "Who may the attacker look at?")
        controls |= jurors.build()
    with gr.Column(elem_classes="q-choice"):
        _heading(3, "How does it argue?")
        controls["attack"] = gr.Dropdown(
            menu(),
            value=DEFAULT_ATTACK,
            label="Attack",
            elem_id="q-attack",
        )
        saying = gr.HTML(_saying(DEFAULT_ATTACK))
        controls["epsilon"] = gr.Slider(
            1,
            STRONGEST,
            DEFAULT_EPSILON,
            step=1,
            label="Strength ε (of 255)",
            info="No colour value moves by more than this.",
        )
        controls["iterations"] = gr.Slider(1, LONGEST, DEFAULT_ITERATIONS, step=1, label="Iterations")
    with gr.Accordion("More", open=False) as more:
        controls |= _more(controls)
    with gr.Accordion("Defences", open=False):
        controls |= jurors.guards(controls)
    _follow_attack(controls, saying)
    controls["pack"].change(
        lambda pack: TRIO_EPSILON if pack == "trios" else DEFAULT_EPSILON,
        controls["pack"],
        controls["epsilon"],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    return controls, sample, more


def menu() -> list[tuple[str, str]]:
    """The attacks for a menu, grouped by their idea."""
    return [(f"{IDEAS[recipe.idea]} · {recipe.title}", name) for name, recipe in RECIPES.items()]


def _heading(number: int, words: str) -> None:
    gr.HTML(f'<h2 class="q-step"><i>{number}</i>{words}</h2>')


def _saying(attack: str) -> str:
    recipe = RECIPES[attack]
    return (
        f'<p class="q-say">{recipe.sentence} '
        f'<a href="{recipe.link}" target="_blank" rel="noopener">{recipe.paper}</a></p>'
    )


def _more(before: Controls) -> Controls:
    labels = list(vocabulary().values())
    more: Controls = {
        "label": gr.Dropdown(
            [("Let the jury say", ""), *((name, name) for name in labels)],
            value="",
            label="What does the picture show?",
            info="The label under attack.",
            elem_id="q-label",
        ),
        "framing": gr.Radio(
            [("The centre, cropped", "crop"), ("All of it, with edges", "fit")], value="crop", label="Framing"
        ),
        "targeted": gr.Checkbox(False, label="Make the jury say something particular"),
        "target": gr.Dropdown(labels, value=labels[0], label="What it should say", visible=False),
        "seed": gr.Number(0, label="Seed", precision=0, minimum=0, info="Equal seeds give equal pictures."),
        "step_size": gr.Number(0, label="Step size (of 255)", minimum=0, info="0: the attack's own."),
    }
    more["targeted"].change(
        lambda on: gr.update(visible=on), more["targeted"], more["target"], queue=False, api_visibility="private"
    )
    more["side"] = jurors.canvas(before["pack"])
    jurors.classes(before["pack"], more["label"], more["target"])
    shown = {knob.name for knob in RECIPES[DEFAULT_ATTACK].knobs}
    return more | {name: _widget(knob, visible=name in shown) for name, knob in knobs().items()}


def _widget(knob: Knob, visible: bool) -> gr.components.Component:
    words = {"label": knob.title, "info": knob.help, "visible": visible}
    match knob:
        case Choice():
            return gr.Radio(list(knob.options), value=knob.default, **words)
        case Choices():
            return gr.CheckboxGroup(list(knob.options), value=list(knob.default), **words)
        case Flag():
            return gr.Checkbox(knob.default, **words)
        case Number():
            return gr.Number(
                knob.default, minimum=knob.low, maximum=knob.high, precision=0 if knob.whole else None, **words
            )


def _follow_attack(controls: Controls, saying: gr.HTML) -> None:
    """The attack's sentence, its own knobs with their defaults, and what it fixes follow the menu."""
    names = list(knobs())
    fixed = [controls["iterations"], controls["targeted"]]

    def follow(attack: str) -> list[Any]:
        recipe = RECIPES[attack]
        mine = {knob.name: knob for knob in recipe.knobs}
        updates = [_shown(mine[name]) if name in mine else gr.update(visible=False) for name in names]
        steps = gr.update(interactive=recipe.steps is None)
        why = recipe.untargeted_because
        aim = gr.update(interactive=why is None, info=why, **({"value": False} if why else {}))
        return [_saying(attack), steps, aim, *updates]

    controls["attack"].change(
        follow,
        controls["attack"],
        [saying, *fixed, *(controls[name] for name in names)],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


def _shown(knob: Knob) -> Any:
    """A knob as the chosen attack has it: another attack's of the same name may have other words and limits."""
    limits = {"minimum": knob.low, "maximum": knob.high} if isinstance(knob, Number) else {}
    return gr.update(visible=True, value=_plain(knob.default), label=knob.title, info=knob.help, **limits)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def asked(values: dict[str, Any]) -> dict[str, Any]:
    """The widgets' values as a request has them: the chosen attack's knobs together, a target only where wanted."""
    recipe = RECIPES.get(values["attack"])
    mine = [knob.name for knob in recipe.knobs] if recipe else []
    own = {name: values[name] for name in mine if values[name] is not None}
    return values | {
        "knobs": own,
        "target": values["target"] if values["targeted"] else None,
        "guards": jurors.chosen_guards(values),
        "held_out": _held_out(values),
    }


def _held_out(values: dict[str, Any]) -> list[str] | None:
    """The built-in pack's own cast, and whoever was asked for beside it; elsewhere those that are ticked."""
    if values["pack"] != "tiny":
        return values["held_out"]
    return [*bystanders("tiny"), *values["also"]] if values["also"] else None
