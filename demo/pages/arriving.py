"""What the page's address asks for: settings are there before anything is looked at; stories are told afterwards."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.pages.choices import Left
from demo.pages.examples import OFFERED
from demo.pages.restoring import outputs, restored
from demo.pages.widgets import heard_at
from demo.run.link import wanted


def connect(blocks: gr.Blocks, left: Left) -> Any:
    """The event after which the left column is as a link wants it."""

    def arrive(request: gr.Request) -> dict[Any, Any]:
        link = asked(request)
        if "story" not in link and set(link) - {"stage"}:
            try:
                settings = wanted(link)
            except ValueError as problem:
                gr.Warning(str(problem))
            else:
                return restored(left, settings, pictured(link, settings["pack"]))
        return {left.sentence: gr.skip()}

    # By the queue: outside of it a warning has no way to the browser.
    how: dict[str, Any] = heard_at(left.sentence)
    return blocks.load(arrive, None, outputs(left), **how)


def asked(request: gr.Request) -> dict[str, str]:
    """The link's query, without what is Gradio's own."""
    return {name: value for name, value in request.query_params.items() if not name.startswith("__")}


def pictured(link: dict[str, str], pack: str) -> str:
    """The example that the link names, or the one that the pack opens with."""
    name = link.get("picture", "")
    return name if name in OFFERED[pack] else OFFERED[pack][0]
