"""Before the first run: what the networks say of the picture as it is, as soon as there is one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr

from demo.pages import cards, examples, running, stage, verdict
from demo.pages.asking import NONE
from demo.pages.choices import Left
from demo.pages.packs import offered
from demo.pages.scene import Name, Scene
from demo.pages.stopping import Stops
from demo.pages.widgets import QUIET
from demo.run.picture import whole
from demo.run.request import Request
from demo.run.session import first_look

LONGEST = 640
"""The longer side of the whole picture on the stage, in pixels."""
HOW: dict[str, Any] = {
    "concurrency_id": "looks",
    "concurrency_limit": 1,
    "trigger_mode": "always_last",
    "show_progress": "hidden",
    "api_visibility": "private",
}
_EYE = ThreadPoolExecutor(1, "look")
"""One look at a time, on one thread: each that has ever computed keeps what torch caches by thread."""


def connect(arrival: Any, left: Left, scene: Scene, stops: Stops) -> None:
    """Looks when the page opens and whenever what is to be seen changes; not over a run that has begun since.

    arrival: the event after which the page is as its address wants it.
    """
    controls, guess = left.controls, left.guess
    seen = [controls.picture, controls.argument.framing, controls.argument.place, controls.jury.pack]
    shown = [scene.results.verdict, scene.results.stage, guess, controls.argument.place]

    def look(request: gr.Request, *values: Any) -> list[Any]:
        said = looked(*values)
        return [gr.skip() for _ in said] if stops.under_way(request) else said

    def anew(request: gr.Request, picture: Any, framing: str, place: float, pack: str) -> list[Any]:
        """A look that brings the pack's own picture with it: the events of a quick visitor come in any order."""
        name = examples.swapped(picture, pack)
        fitting = picture if name is None else left.made[name]
        return [gr.skip() if name is None else fitting, *look(request, fitting, framing, place, pack)]

    def unless_shown(now: Name, found: list[Any] | None) -> list[Any]:
        """The page's first look; late as it may come, it overwrites no story and no saved run that was opened since."""
        return found if found and now == "opening" else [gr.skip() for _ in (controls.picture, *shown)]

    def clear(now: Name) -> dict[Any, Any]:
        return {scene.start: gr.skip()} if now == "running" else scene.set("opening")

    found = gr.State(None, time_to_live=60)
    arrival.then(anew, seen, found, **HOW).then(unless_shown, [scene.state, found], [controls.picture, *shown], **QUIET)

    def swap(path: Any, pack: str) -> Any:
        name = examples.swapped(path, pack)
        return gr.skip() if name is None else left.made[name]

    pack = controls.jury.pack
    changes = [widget.input for widget in seen if widget is not pack]
    # A pack that does not know the example on the page brings one of its own.
    pack.input(swap, [controls.picture, pack], controls.picture, **QUIET).then(
        anew, seen, [controls.picture, *shown], **HOW
    )
    pack.input(clear, scene.state, scene.outputs(), **QUIET)
    controls.picture.input(lambda: 0.5, None, controls.argument.place, **QUIET)
    gr.on(changes, clear, scene.state, scene.outputs(), **QUIET)
    gr.on(changes, look, seen, shown, **HOW)


def looked(picture: Any, framing: str, place: float, pack: str) -> list[Any]:
    """Verdict and stage before a run, the best guesses, and the crop: everybody's first answer, or what is wrong.

    Nobody is made to fetch a network by looking at the page.
    """
    if picture is None:
        return [verdict.welcome(picture=False), "", gr.update(visible=False), gr.update(visible=False)]
    surrogates, held_out = offered(pack)
    try:
        request = Request(picture, surrogates, held_out=held_out, framing=framing, place=place, pack=pack, guards={})
        look = _EYE.submit(first_look, request.plan()).result()
        everything = whole(picture, LONGEST)
    except Exception as problem:  # noqa: BLE001  # said where the answers would be and, if it is ours, logged
        return [cards.error(running.said(problem)), "", gr.update(visible=False), gr.update(visible=False)]
    chips = [*((f"{name} {chance:.0%}", name) for name, chance in look.guesses), ("None of these", NONE)]
    cut = framing == "crop" and everything.shape[0] != everything.shape[1]
    return [
        verdict.opened(look),
        stage.opened(look, stage.Crop(everything, place) if cut else None),
        gr.update(choices=chips, value=None, visible=True),
        gr.update(visible=cut),
    ]
