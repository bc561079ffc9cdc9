"""The menu of attacks: by idea, then by name, with a sentence; what an attack lets one choose follows it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.attacks.knobs import Knob
from demo.attacks.recipes import IDEAS, RECIPES
from demo.pages.controls import Argument
from demo.pages.widgets import QUIET, shown, widget
from demo.run.request import DEFAULT_ATTACK


def build() -> tuple[gr.Radio, gr.Dropdown, gr.HTML]:
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
    attack = gr.Dropdown(of_idea(first.idea), value=DEFAULT_ATTACK, label="Attack", elem_id="q-attack")
    return idea, attack, gr.HTML(_saying(DEFAULT_ATTACK))


def of_idea(idea: str) -> list[tuple[str, str]]:
    """The attacks of one idea, for a menu."""
    return [(recipe.title, name) for name, recipe in RECIPES.items() if recipe.idea == idea]


def attack_of(name: str) -> Any:
    """The menu of attacks with this one chosen."""
    return gr.update(choices=of_idea(RECIPES[name].idea), value=name)


def every_knob() -> dict[str, Knob]:
    """Every knob of every recipe, once; where several share a name, as the attack that the page opens with has it."""
    rows = (*RECIPES.values(), RECIPES[DEFAULT_ATTACK])
    return {knob.name: knob for recipe in rows for knob in recipe.knobs}


def _saying(attack: str) -> str:
    recipe = RECIPES[attack]
    return (
        f'<p class="q-say">{recipe.sentence} '
        f'<a href="{recipe.link}" target="_blank" rel="noopener">{recipe.paper}</a></p>'
    )


def knobs() -> dict[str, Any]:
    first = {knob.name for knob in RECIPES[DEFAULT_ATTACK].knobs}
    return {name: widget(knob, visible=name in first) for name, knob in every_knob().items()}


def follow(argument: Argument, idea: gr.Radio, saying: gr.HTML) -> gr.State:
    """The attack's idea and sentence, its own knobs with their defaults, and what it fixes follow the menu.

    Gives the room for what a link wants of an attack: its name, and knobs that differ from their defaults.
    """
    linked = gr.State(("", {}))

    def first_of(name: str) -> Any:
        attacks = of_idea(name)
        return gr.update(choices=attacks, value=attacks[0][1])

    def of_attack(attack: str, wanted: tuple[str, Any]) -> list[Any]:
        recipe = RECIPES[attack]
        mine = {knob.name: knob for knob in recipe.knobs}
        given = wanted[1] if wanted[0] == attack else {}
        updates = [
            shown(mine[name], given.get(name)) if name in mine else gr.update(visible=False) for name in argument.knobs
        ]
        steps = gr.update(interactive=recipe.steps is None)
        why = recipe.untargeted_because
        aim = gr.update(interactive=why is None, info=why or "", **({"value": False} if why else {}))
        return [recipe.idea, gr.update(choices=of_idea(recipe.idea)), _saying(attack), steps, aim, *updates]

    idea.input(first_of, idea, argument.attack, **QUIET)
    followers = [idea, argument.attack, saying, argument.iterations, argument.targeted, *argument.knobs.values()]
    argument.attack.change(of_attack, [argument.attack, linked], followers, **QUIET)
    return linked
