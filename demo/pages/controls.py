"""What the visitor can set, by name, and how it becomes a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from demo.attacks.recipes import RECIPES
from demo.run.attacked import composed
from demo.run.device import best
from demo.run.request import Request, from_form
from models.defences import DEFENCES
from models.packs import PACKS


@dataclass(frozen=True)
class Jury:
    """The second choice: which pack, who is attacked, who is only asked. trio: which three, where they come so.

    answering, bare, settings: the defence in front of the attacked ones, or that makes them one; whether they are
    attacked as they are, too; its settings, by defence and parameter.
    """

    pack: gr.Radio
    trio: gr.Radio
    surrogates: gr.CheckboxGroup
    held_out: gr.CheckboxGroup
    answering: gr.Dropdown
    bare: gr.Checkbox
    settings: dict[tuple[str, str], gr.Number]


@dataclass(frozen=True)
class Guards:
    """The defences asked in the end. parameters: by defence and parameter."""

    guards: gr.Dropdown
    guarded: gr.Dropdown
    studied: gr.Dropdown
    draws: gr.Number
    parameters: dict[tuple[str, str], gr.Number]


@dataclass(frozen=True)
class Argument:
    """The third choice: which attack, how strong, how long. knobs: every attack's, by name."""

    attack: gr.Dropdown
    epsilon: gr.Slider
    iterations: gr.Slider
    label: gr.Dropdown
    framing: gr.Radio
    place: gr.Slider
    targeted: gr.Checkbox
    target: gr.Dropdown
    seed: gr.Number
    step_size: gr.Number
    side: gr.Radio
    knobs: dict[str, Any]


@dataclass(frozen=True)
class Controls:
    """Everything on the left."""

    picture: gr.Image
    jury: Jury
    argument: Argument
    guards: Guards

    def widgets(self) -> list[Any]:
        """All of them, in the order in which `request` takes their values."""
        return [self.picture, *(widget for group in self._groups() for widget in group.values())]

    def request(self, *values: Any) -> Request:
        """What the widgets' values ask for: the chosen attack's knobs alone, a target only where one is wanted."""
        rest = iter(values)
        picture = next(rest)
        chosen, knobs, parameters, settings = ({name: next(rest) for name in group} for group in self._groups())
        return from_form(
            {**chosen, "picture": picture, "target": chosen["target"] if chosen["targeted"] else ""},
            surrogates=surrogates(chosen["surrogates"], chosen["answering"], chosen["bare"], settings),
            knobs=_knobs(chosen["attack"], knobs),
            guards=_guards(chosen["guards"] or (), parameters),
            held_out=held_out(chosen["pack"], chosen["held_out"], chosen["studied"]),
            device=best(),
        )

    def named(self, name: str) -> Any:
        """The widget of one setting, by its name."""
        return self._plain()[name]

    def _groups(self) -> tuple[Mapping[Any, Any], ...]:
        return self._plain(), self.argument.knobs, self.guards.parameters, self.jury.settings

    def _plain(self) -> dict[str, Any]:
        """The widgets that are one setting each, by name."""
        return {
            one.name: widget
            for group in (self.jury, self.argument, self.guards)
            for one in fields(group)
            if not isinstance(widget := getattr(group, one.name), dict)
        }


def surrogates(networks: Any, answering: Any, bare: Any, settings: Mapping[tuple[str, str], Any]) -> Any:
    """The names of who is attacked, from the values of a jury's widgets."""
    own = {knob: value for (owner, knob), value in settings.items() if owner == answering and value is not None}
    return composed(networks, answering, own, bare)


def _knobs(attack: Any, values: dict[str, Any]) -> dict[str, Any]:
    recipe = RECIPES.get(attack) if isinstance(attack, str) else None
    mine = [knob.name for knob in recipe.knobs] if recipe else []
    return {name: values[name] for name in mine if values[name] is not None}


def _guards(chosen: Any, values: dict[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    """Each chosen guard with its settings."""
    known = [name for name in chosen if name in DEFENCES]
    return {
        name: {own: value for (owner, own), value in values.items() if owner == name and value is not None}
        for name in known
    }


def held_out(pack: Any, ticked: Any, studied: Any) -> list[str] | None:
    """Who is asked without being attacked; None for the pack's own cast.

    A shipped pack's own cast watches, and whoever was asked for beside it; elsewhere those that are ticked.
    """
    if pack in PACKS and PACKS[pack].shipped:
        return [*PACKS[pack].held_out(), *studied] if studied else None
    return list(ticked or ())
