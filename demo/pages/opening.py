"""Before the first run: what the networks say of the picture as it is, as soon as there is one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.pages import cards, running, stage, verdict
from demo.pages.controls import Controls
from demo.pages.packs import offered
from demo.pages.scene import Name, Scene
from demo.pages.stopping import Stops
from demo.pages.widgets import QUIET
from demo.run.request import Request
from demo.run.session import first_look


def connect(blocks: gr.Blocks, controls: Controls, guess: gr.Radio, scene: Scene, stops: Stops) -> None:
    """Looks when the page opens and whenever what is to be seen changes; not over a run that has begun since."""
    seen = [controls.picture, controls.argument.framing, controls.jury.pack]
    shown = [scene.results.verdict, scene.results.stage, guess]
    settings: dict[str, Any] = {
        "concurrency_id": "looks",
        "concurrency_limit": 1,
        "trigger_mode": "always_last",
        "show_progress": "hidden",
        "api_visibility": "private",
    }

    def look(request: gr.Request, picture: Any, framing: str, pack: str) -> list[Any]:
        said = looked(picture, framing, pack)
        return [gr.skip(), gr.skip(), gr.skip()] if stops.under_way(request) else said

    def clear(now: Name) -> dict[Any, Any]:
        return {} if now == "running" else scene.set("opening")

    blocks.load(look, seen, shown, **settings)
    changes = [widget.input for widget in seen]
    gr.on(changes, clear, scene.state, scene.outputs(), **QUIET)
    gr.on(changes, look, seen, shown, **settings)


def looked(picture: Any, framing: str, pack: str) -> list[Any]:
    """Verdict and stage before a run, and the best guesses: everybody's first answer, or what is wrong.

    Nobody is made to fetch a network by looking at the page.
    """
    if picture is None:
        return [verdict.welcome(), "", gr.update(visible=False)]
    surrogates, held_out = offered(pack)
    try:
        request = Request(picture, surrogates, held_out=held_out, framing=framing, pack=pack, guards={})
        look = first_look(request.plan())
    except Exception as problem:  # noqa: BLE001  # said where the answers would be and, if it is ours, logged
        return [cards.error(running.said(problem)), "", gr.update(visible=False)]
    chips = [(f"{name} {chance:.0%}", name) for name, chance in look.guesses]
    return [verdict.opened(look), stage.opened(look), gr.update(choices=chips, value=None, visible=True)]
