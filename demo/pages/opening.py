"""Before the first run: what the networks say of the picture as it is, as soon as there is one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.pages import answers, cards, running
from demo.pages.controls import Controls
from demo.pages.packs import listed
from demo.pages.scene import Name, Scene
from demo.pages.widgets import QUIET
from demo.run.request import Request
from demo.run.session import first_look
from models.packs import PACKS


def connect(blocks: gr.Blocks, controls: Controls, scene: Scene) -> None:
    """Looks when the page opens and whenever what is to be seen changes.

    A look writes its own card and nothing else: whether the card is seen is the scene's affair, so that a look which
    ends during a run does not disturb it.
    """
    seen = [controls.picture, controls.argument.framing, controls.jury.pack]
    settings: dict[str, Any] = {
        "concurrency_id": "looks",
        "concurrency_limit": 1,
        "trigger_mode": "always_last",
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    blocks.load(said, seen, scene.results.opening, **settings)

    def clear(now: Name) -> dict[Any, Any]:
        return {} if now == "running" else {scene.results.stage: cards.welcome(), **scene.set("opening")}

    changes = [widget.input for widget in seen]
    gr.on(changes, clear, scene.state, [scene.results.stage, *scene.outputs()], **QUIET)
    gr.on(changes, said, seen, scene.results.opening, **settings)


def said(picture: Any, framing: str, pack: str) -> Any:
    """The card with everybody's first answer, or with what is wrong with the picture.

    Nobody is made to fetch a network by looking at the page.
    """
    if picture is None or not PACKS[pack].shipped:
        return gr.update(value="", visible=False)
    everybody: dict[str, Any] = {"surrogates": PACKS[pack].starters().surrogates, "held_out": listed(pack)}
    try:
        look = first_look(Request(picture, **everybody, framing=framing, pack=pack, guards={}).plan())
    except Exception as problem:  # noqa: BLE001  # said where the answers would be and, if it is ours, logged
        return gr.update(value=cards.error(running.said(problem)), visible=True)
    return gr.update(value=answers.first_look(look), visible=True)
