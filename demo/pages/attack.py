"""The Attack tab: three numbered choices, the verdict, then everything that led to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import arriving, choices, opening, running, telling
from demo.pages import results as right
from demo.pages.menu import attack_of
from demo.pages.scene import TO_THE_VERDICT, Name, Scene
from demo.pages.stopping import STOP, Stops, pressed
from demo.pages.streaming import Tab, stream
from demo.pages.widgets import QUIET, heard_at
from demo.run.alike import alike
from demo.run.bet import answered
from demo.run.kept import Kept

TO_THE_STAGE = """() => {
  const stage = document.getElementById("q-verdict");
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (stage.getBoundingClientRect().top > innerHeight / 2) stage.scrollIntoView({ behavior });
}"""
"""On a small screen the stage lies below the choices."""


def build(blocks: gr.Blocks, folder: Path) -> tuple[Tab, telling.Bar]:
    """The tab's components and what connects them, and the bar of stories. folder: where the examples are written."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=0, min_width=340, elem_id="q-choices"):
            left = choices.build(folder)
            with gr.Row(elem_id="q-go"):
                start = gr.Button("Attack", variant="primary", size="lg", elem_id="q-start")
                stop = gr.Button(STOP, size="lg", visible=False, elem_id="q-stop")
        with gr.Column(scale=1, min_width=320, elem_id="q-right"):
            bar = telling.bar()
            results = right.build()
    tab = Tab(left, results, Scene(gr.State("opening"), start, stop, left.sources, results), Stops())
    _connect(tab)
    opening.connect(arriving.connect(blocks, left), left, tab.scene, tab.stops)
    return tab, bar


def _connect(tab: Tab) -> None:
    controls, results, scene = tab.left.controls, tab.results, tab.scene

    inputs = [scene.state, results.bet, *controls.widgets()]
    argument = controls.argument
    outputs = [*scene.outputs(), *results.outputs(), argument.label, argument.epsilon, argument.attack, tab.left.more]
    settings: dict[str, Any] = heard_at(results.verdict)
    starters = _starters(tab)
    for button, run, more in starters:
        button.click(None, None, None, js=TO_THE_STAGE, api_visibility="private")
        # Who pressed a key finds the verdict under it; who has gone elsewhere since is left there.
        button.click(run, [scene.state, *more, *controls.widgets()], outputs, **settings).then(
            None, None, None, js=TO_THE_VERDICT, api_visibility="private"
        )
    _connect_pictures(tab, starters[0][1], inputs, outputs, settings)

    def stopping(request: gr.Request) -> Any:
        return pressed(tab.stops.want(request))

    def stale(now: Name, kept: Kept | None, *values: Any) -> Any:
        """The verdict says so while it is not what the settings would give."""
        if now != "judged" or kept is None:
            return gr.skip()
        try:
            fresh = alike(controls.request(*values), kept.plan)
        except ValueError:  # nonsense will be said when it is to be run
            fresh = False
        return gr.update(elem_classes=[] if fresh else ["q-stale"])

    settled = [widget.change for widget in controls.widgets()[1:] if widget is not argument.label]
    gr.on(settled, stale, [scene.state, results.kept, *controls.widgets()], results.heard, **QUIET)
    scene.stop.click(stopping, None, scene.stop, **QUIET)


def _starters(tab: Tab) -> list[tuple[gr.Button, Any, list[Any]]]:
    """The buttons that begin a run: each with its run, and what it takes beside the widgets' values."""
    controls, results = tab.left.controls, tab.results

    def watch(request: gr.Request, before: Name, guess: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from stream(tab, request, before, lambda: controls.request(*values), note=partial(answered, guess))

    def search(request: gr.Request, before: Name, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from stream(tab, request, before, lambda: controls.request(*values), source=running.search)

    def stronger(request: gr.Request, before: Name, *values: Any) -> Iterator[dict[Any, Any]]:
        doubled = list(values)
        place = controls.widgets().index(controls.argument.epsilon)
        doubled[place] = right.twice(values[place])
        yield {controls.argument.epsilon: doubled[place]}
        yield from stream(tab, request, before, lambda: controls.request(*doubled))

    def other(request: gr.Request, before: Name, words: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        attack = right.tried(words)
        yield {controls.argument.attack: attack_of(attack)}
        yield from stream(tab, request, before, lambda: replace(controls.request(*values), attack=attack, knobs={}))

    return [
        (tab.scene.start, watch, [results.bet]),
        (results.least, search, []),
        (results.stronger, stronger, []),
        (results.another, other, [results.another]),
    ]


def _connect_pictures(tab: Tab, watch: Any, inputs: Any, outputs: Any, settings: dict[str, Any]) -> None:
    """Another picture has another label and another crop; an example is run at once."""
    picture, label, place = (
        tab.left.controls.picture,
        tab.left.controls.argument.label,
        tab.left.controls.argument.place,
    )
    picture.input(lambda: "", None, label, queue=False, api_visibility="private")
    for sample in tab.left.samples.values():
        sample.load_input_event.then(lambda: ("", 0.5), None, [label, place], **QUIET).then(
            watch, inputs, outputs, **settings
        )
