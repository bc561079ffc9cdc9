"""The right column: the stage, and below it everything that led to the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from demo import figures
from demo.attacks.recipes import RECIPES
from demo.events import Finished, Prepared
from demo.pages import markup, running
from demo.request import Request
from models.catalog import vocabulary

PLOTS = ("first", "second", "third")
"""A run draws two or three charts."""

Results = dict[str, Any]


def build() -> Results:
    """The right column: every component that a run writes to, by its name."""
    results: Results = {"stage": gr.HTML(markup.welcome(), elem_id="q-stage")}
    results["opening"] = gr.HTML(visible=False, elem_id="q-opening", apply_default_css=False)
    with gr.Column(visible=False, elem_id="q-results") as after:
        with gr.Row(elem_classes="q-card"):
            with gr.Column(min_width=280):
                results["slider"] = gr.ImageSlider(
                    format="png",
                    label="Original and adversarial picture",
                    show_label=False,
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="q-slider",
                )
                gr.HTML('<p class="q-say">Original ⟷ adversarial: drag to compare. Previews, enlarged.</p>')
            with gr.Column(min_width=280):
                results["difference"] = gr.HTML()
        with gr.Row():
            results["png"] = gr.DownloadButton("Picture (PNG, exact)", elem_id="q-png")
            results["json"] = gr.DownloadButton("Run (JSON)", elem_id="q-json")
        results["table"] = gr.HTML(elem_id="q-table", apply_default_css=False)
        with gr.Row():
            for plot in PLOTS:
                results[plot] = gr.Plot(show_label=False, min_width=300)
    results["after"] = after
    return results


def ready(results: Results) -> dict[Any, Any]:
    """The buttons as they are while nothing runs."""
    return {results["start"]: gr.update(visible=True), results["stop"]: gr.update(visible=False)}


def unknown(event: Prepared, pack: str, results: Results) -> dict[Any, Any]:
    """Kind words, and the label under attack set to the jury's best guess where the visitor can see and mend it."""
    return {
        results["stage"]: markup.unknown(event, list(vocabulary(pack).values())),
        results["after"]: gr.update(visible=False),
        results["label"]: gr.update(value=event.guess),
        results["more"]: gr.update(open=True),
        **ready(results),
    }


def finished(request: Request, prepared: Prepared, finished: Finished, results: Results) -> Iterator[dict[Any, Any]]:
    """The verdict and all that led to it; the files live until they have been handed over."""
    goal = finished.target or finished.label
    charts = figures.charts(finished.history, prepared.jurors, goal, RECIPES[request.attack])
    drawn: list[Any] = [gr.update(value=figures.plot(chart), visible=True) for chart in charts]
    drawn += [gr.update(visible=False)] * (len(PLOTS) - len(drawn))
    with running.scratch() as folder:
        png, numbers = running.save(request, finished, Path(folder))
        yield {
            results["stage"]: markup.verdict(finished, finished.history[-1].cost, prepared.device),
            results["after"]: gr.update(visible=True),
            results["slider"]: running.enlarged(finished),
            results["difference"]: markup.difference(finished),
            results["table"]: markup.table(finished),
            **{results[plot]: update for plot, update in zip(PLOTS, drawn, strict=True)},
            results["png"]: png,
            results["json"]: numbers,
            **ready(results),
        }
