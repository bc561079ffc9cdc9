"""The Attack tab: three numbered choices, one sentence of verdict, then everything that led to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from demo.events import Finished, Loading, Prepared, Progress
from demo.pages import choices, markup, opening, running
from demo.pages import results as right
from demo.pages.choices import Controls
from demo.pages.results import Results

COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 2}
"""All heavy work shares one queue, so that a second visitor waits a moment instead of slowing everybody down."""

TO_THE_STAGE = """() => {
  const stage = document.getElementById("q-stage");
  if (stage.getBoundingClientRect().top > innerHeight / 2) stage.scrollIntoView({behavior: "smooth"});
}"""
"""On a small screen the stage lies below the choices."""


def build(blocks: gr.Blocks, folder: Path) -> Controls:
    """The tab's components and what connects them; gives its controls. folder: where the examples are written."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=0, min_width=340, elem_id="q-choices"):
            controls, sample, more = choices.build(folder)
            with gr.Row(elem_id="q-go"):
                start = gr.Button("Attack", variant="primary", size="lg", elem_id="q-start")
                stop = gr.Button("Stop", size="lg", visible=False, elem_id="q-stop")
        with gr.Column(scale=1, min_width=320):
            results = right.build()
    results |= {"start": start, "stop": stop, "label": controls["label"], "more": more}
    _connect(controls, results, sample)
    opening.connect(blocks, controls, results)
    return controls


def _connect(controls: Controls, results: Results, sample: gr.Examples) -> None:
    names, widgets = list(controls), list(controls.values())
    outputs = list(results.values())

    def watch(*values: Any) -> Iterator[dict[Any, Any]]:
        yield from stream(dict(zip(names, values, strict=True)), results)

    settings: dict[str, Any] = COMPUTE | {"show_progress": "hidden", "api_visibility": "private"}
    pressed = results["start"].click(watch, widgets, outputs, **settings)
    results["start"].click(None, None, None, js=TO_THE_STAGE, api_visibility="private")
    controls["picture"].input(lambda: "", None, controls["label"], queue=False, api_visibility="private")
    clicked = sample.load_input_event.then(
        lambda: "", None, controls["label"], queue=False, api_visibility="private"
    ).then(watch, widgets, outputs, **settings)
    running.stops(results["stop"], results["start"], results["stage"], [pressed, clicked], "Attack")


def stream(values: dict[str, Any], results: Results) -> Iterator[dict[Any, Any]]:
    """The page's updates, one run long. What went wrong is said on the stage; what was there before stays."""
    stage, start, stop = results["stage"], results["start"], results["stop"]
    hidden = gr.update(visible=False)
    yield {
        stage: markup.waiting("Waking the jury …"),
        results["opening"]: hidden,
        start: hidden,
        stop: gr.update(visible=True),
    }
    try:
        request = running.ask(choices.asked(values))
        prepared: Prepared | None = None
        for event, history in running.thinned(running.events(request)):
            if isinstance(event, Loading):
                yield {stage: markup.fetching(event)}
            elif isinstance(event, Prepared):
                prepared = event
                if event.label is None:
                    yield right.unknown(event, request.pack, results)
                    return
            elif isinstance(event, Progress) and prepared:
                yield {
                    stage: running.live(request, prepared, event, history),
                    results["after"]: gr.update(visible=False),
                }
            elif prepared and isinstance(event, Finished):
                yield from right.finished(request, prepared, event, results)
    except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged: the page goes on
        yield {stage: markup.error(running.said(problem)), **right.ready(results)}
