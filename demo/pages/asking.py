"""What does the picture show? The jury's best guesses as chips, and all names behind a search."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.pages import packs
from demo.pages.widgets import QUIET
from models.packs import PACKS

NONE = "none of these"
SEARCH = "The label under attack: type to search."


def build() -> tuple[gr.Radio, gr.Dropdown]:
    """What does it show? The jury's best guesses as chips, "none of these", and all names behind a search."""
    guess = gr.Radio([], label="Is it one of these?", visible=False, elem_id="q-guess", elem_classes="q-guesses")
    label = gr.Dropdown(
        askable(labels(packs.first().name)),
        value="",
        label="What does the picture show?",
        info=SEARCH,
        elem_id="q-label",
    )
    guess.input(_named, guess, label, **QUIET).then(
        None, guess, None, js=f"name => name === '{NONE}' && document.querySelector('#q-label input')?.focus()"
    )
    return guess, label


def _named(guess: str) -> Any:
    """The label that a chip stands for; who finds none of them right may search."""
    if guess != NONE:
        return gr.update(value=guess, info=SEARCH)
    return gr.update(
        value="",
        info="Type to search every name that they know. Is it not there? Then they cannot know it, whatever they say.",
    )


def labels(pack: str) -> list[str]:
    return list(PACKS[pack].vocabulary().values())


def askable(labels: list[str]) -> list[tuple[str, str]]:
    return [("Let the jury say", ""), *((one, one) for one in labels)]
