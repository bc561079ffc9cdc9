"""One widget a knob: what an attack or a defence lets one choose, as the page shows it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.attacks.knobs import Choice, Choices, Flag, Number

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Settings of the small events by which widgets follow each other."""


def widget(knob: Any, *, visible: bool, default: Any = None, title: str = "") -> Any:
    """A component for a knob of an attack or of a defence. default, title: where they differ from the knob's own."""
    words = {"label": title or knob.title, "info": knob.help, "visible": visible}
    value = _plain(knob.default if default is None else default)
    match knob:
        case Choice():
            return gr.Radio(list(knob.options), value=value, **words)
        case Choices():
            return gr.CheckboxGroup(list(knob.options), value=value, **words)
        case Flag():
            return gr.Checkbox(value, **words)
        case _:
            precision = 0 if knob.whole else None
            return gr.Number(value, minimum=knob.low, maximum=knob.high, precision=precision, **words)


def shown(knob: Any) -> Any:
    """A knob as the chosen attack has it: another attack's of the same name may have other words and limits."""
    limits = {"minimum": knob.low, "maximum": knob.high} if isinstance(knob, Number) else {}
    return gr.update(visible=True, value=_plain(knob.default), label=knob.title, info=knob.help, **limits)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
