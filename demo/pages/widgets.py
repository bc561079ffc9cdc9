"""One widget a knob: what an attack or a defence lets one choose, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from demo.attacks.knobs import Choice, Choices, Flag
from models.defences import DEFENCES

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Settings of the small events by which widgets follow each other."""
ROOMY: dict[str, Any] = {"concurrency_limit": None}
"""Settings of what computes: it stands in our own line, where places and times are true and one can leave."""


def heard_at(place: gr.HTML) -> dict[str, Any]:
    """Settings of what computes and says at `place` how far it is.

    Unless one place is named, the browser hands every component that an event may write to, and all within it, a new
    status at every update, and copies first what each of them holds: thousands of names where they are to choose from.
    """
    return ROOMY | {"show_progress": "hidden", "show_progress_on": [place], "api_visibility": "private"}


def _as_sent(self: Any, payload: Any) -> Any:
    return payload


# Gradio's own checks answer in a nameless toast; and while a menu changes they refuse what honest visitors chose. Here
# every value passes: the request checks them all, and says what is wrong and what to do.
for _kind in (gr.CheckboxGroup, gr.Dropdown, gr.Number, gr.Radio, gr.Slider):
    _kind.preprocess = _as_sent


def widget(knob: Any, *, visible: bool, default: Any = None, title: str = "") -> Any:
    """A component for a knob of an attack or of a defence. default, title: where they differ from the knob's own."""
    words = {"label": title or knob.title, "info": _help(knob), "visible": visible}
    value = _plain(knob.default if default is None else default)
    match knob:
        case Choice():
            return gr.Radio(list(knob.options), value=value, **words)
        case Choices():
            titles = knob.titles or knob.options
            return gr.CheckboxGroup(list(zip(titles, knob.options, strict=True)), value=value, **words)
        case Flag():
            return gr.Checkbox(value, **words)
        case _:
            # Without limits of its own: what is out of range is said by the knob's check, in a sentence on the stage.
            return gr.Number(value, **words)


def of_defences(opening: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], gr.Number]:
    """A widget for each number that a defence lets one choose, by defence and knob.

    opening: the defences whose widgets are shown, with the settings that differ from their own.
    """
    return {
        (name, knob.name): widget(
            knob,
            visible=name in opening,
            default=opening.get(name, {}).get(knob.name),
            title=f"{row.title}: {knob.title.lower()}",
        )
        for name, row in DEFENCES.items()
        for knob in row.offered
    }


def shown(knob: Any, value: Any = None) -> Any:
    """A knob as the chosen attack has it: another attack's of the same name may have other words and limits."""
    return gr.update(
        visible=True, value=_plain(knob.default if value is None else value), label=knob.title, info=_help(knob)
    )


def _help(knob: Any) -> str:
    """What a knob is for; a number says its limits too."""
    if not hasattr(knob, "low"):
        return str(knob.help)
    return f"{knob.help} {'Whole, ' if knob.whole else ''}{knob.low:g} to {knob.high:g}."


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
