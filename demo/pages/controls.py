"""What the visitor can set, by name, and how it becomes a request."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from demo.attacks.recipes import RECIPES
from demo.run.device import best
from demo.run.request import Request, from_form
from models.defences import DEFENCES
from models.packs import PACKS


@dataclass(frozen=True)
class Jury:
    """The second choice: which pack, who is attacked, who is only asked. trio: which three, where they come so."""

    pack: gr.Radio
    trio: gr.Radio
    surrogates: gr.CheckboxGroup
    held_out: gr.CheckboxGroup


@dataclass(frozen=True)
class Guards:
    """The defences asked in the end. parameters: by defence and parameter."""

    guards: gr.Dropdown
    guarded: gr.Dropdown
    studied: gr.Dropdown
    draws: gr.Number
    known_guard: gr.Dropdown
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
        return [self.picture, *self._plain().values(), *self.argument.knobs.values(), *self.guards.parameters.values()]

    def request(self, *values: Any) -> Request:
        """What the widgets' values ask for: the chosen attack's knobs alone, a target only where one is wanted."""
        names = list(self._plain())
        picture, rest = values[0], values[1:]
        chosen = dict(zip(names, rest[: len(names)], strict=True))
        rest = rest[len(names) :]
        knobs = dict(zip(self.argument.knobs, rest[: len(self.argument.knobs)], strict=True))
        parameters = dict(zip(self.guards.parameters, rest[len(self.argument.knobs) :], strict=True))
        return from_form(
            {**chosen, "picture": picture, "target": chosen["target"] if chosen["targeted"] else ""},
            surrogates=chosen["surrogates"] or (),
            knobs=_knobs(chosen["attack"], knobs),
            guards=_guards(chosen["guards"] or (), parameters),
            held_out=held_out(chosen["pack"], chosen["held_out"], chosen["studied"]),
            device=best(),
        )

    def named(self, name: str) -> Any:
        """The widget of one setting, by its name."""
        return self._plain()[name]

    def _plain(self) -> dict[str, Any]:
        """The widgets that are one setting each, by name."""
        return {
            one.name: widget
            for group in (self.jury, self.argument, self.guards)
            for one in fields(group)
            if not isinstance(widget := getattr(group, one.name), dict)
        }


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
