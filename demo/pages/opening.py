"""Before the first run: what the networks say of the picture as it is, as soon as there is one."""

from __future__ import annotations

from typing import Any

import gradio as gr

import models
from demo.pages import markup, running
from demo.pages.choices import Controls
from demo.pages.jurors import listed
from demo.pages.results import Results
from demo.request import Request
from demo.session import first_look
from models.supply import SHIPPED


def connect(blocks: gr.Blocks, controls: Controls, results: Results) -> None:
    """Looks when the page opens and whenever what is to be seen changes.

    A look that ends during a run is not shown (see the style): cancelled, it would take the run's own Stop with it.
    """
    seen = [controls[name] for name in ("picture", "framing", "pack")]
    settings: dict[str, Any] = {
        "concurrency_id": "looks",
        "concurrency_limit": 1,
        "trigger_mode": "always_last",
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    blocks.load(said, seen, results["opening"], **settings)

    def look(*values: Any) -> dict[Any, Any]:
        return {
            results["stage"]: markup.welcome(),
            results["opening"]: said(*values),
            results["after"]: gr.update(visible=False),
        }

    gr.on(
        [widget.input for widget in seen],
        look,
        seen,
        [results[name] for name in ("stage", "opening", "after")],
        **settings,
    )


def said(picture: Any, framing: str, pack: str) -> Any:
    """The card with everybody's first answer, or with what is wrong with the picture.

    Nobody is made to fetch a network by looking at the page.
    """
    if picture is None or pack not in SHIPPED:
        return gr.update(value="", visible=False)
    everybody: dict[str, Any] = {"surrogates": models.starters(pack).surrogates, "held_out": listed(pack)}
    try:
        prepared = first_look(Request(picture, **everybody, framing=framing, pack=pack, guards={}))
    except Exception as problem:  # noqa: BLE001  # said where the answers would be and, if it is ours, logged
        return gr.update(value=markup.error(running.said(problem)), visible=True)
    return gr.update(value=markup.opening(prepared), visible=True)
