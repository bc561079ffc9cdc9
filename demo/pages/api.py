"""The same run for programs: the endpoint `/attack`. Its parameters are the request's fields."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import running
from demo.pages.room import visitor
from demo.pages.upload import picture_input
from demo.pages.widgets import ROOMY
from demo.run.device import best
from demo.run.request import Request, from_form
from demo.run.setting import settings

SETTINGS = settings(Request)


def default(name: str) -> Any:
    """What a form shows for a setting before anything is chosen."""
    (one,) = (field for field in fields(Request) if field.name == name)
    value = one.default_factory() if callable(one.default_factory) else one.default
    value = SETTINGS[name].empty if value is None else value
    if isinstance(value, Mapping):
        return {key: dict(own) if isinstance(own, Mapping) else own for key, own in value.items()}
    return list(value) if isinstance(value, tuple) else value


def description() -> str:
    """What the endpoint says of itself."""
    lines = [f"{name}: {setting.help}." for name, setting in SETTINGS.items()]
    head = "Attacks one picture and judges the result: the exact adversarial PNG and every number of the run."
    return "\n\n".join([head, *lines])


def attack(request: gr.Request, picture: Any, *values: Any) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """One run, iteration by iteration; what is wrong with the request comes back as a sentence.

    Told as it goes, it ends when nobody listens any more.
    """
    asked = dict(zip(SETTINGS, values, strict=True))
    try:
        plan = from_form({"picture": picture, **asked}, surrogates=asked["surrogates"] or (), device=best()).plan()
        with running.scratch() as folder:
            yield from running.to_the_end(plan, Path(folder), visitor(request))
    except Exception as problem:
        raise gr.Error(running.said(problem), print_exception=False) from problem


def build() -> None:
    """The endpoint, on components that the page does not show; what they let pass is checked as always."""
    # Gradio names the endpoint's parameters after the function's; the first, by its type, it fills in itself.
    names = ["request", "picture", *SETTINGS]
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    attack.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with gr.Column(visible=False):
        inputs = [picture_input(), *(_component(name) for name in SETTINGS)]
        outputs = [gr.File(label="picture"), gr.JSON(label="run")]
        button = gr.Button("API")
    button.click(attack, inputs, outputs, api_name="attack", api_description=description(), **ROOMY)


def _component(name: str) -> Any:
    value = default(name)
    kind = gr.JSON if isinstance(value, list | dict) else gr.Textbox if isinstance(value, str) else gr.Number
    return kind(value, label=name)
