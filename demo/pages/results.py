"""The right column: the stage, and below it everything that led to the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from demo.figures import interactive, of_run
from demo.pages import cards, judged, running
from demo.run.events import Finished, Prepared
from demo.run.picture import Pixels
from demo.run.plan import Plan

PLOTS = 3
"""A run draws two or three charts."""


@dataclass(frozen=True)
class Results:
    """Every component that a run writes to.

    before: what is there before the first run, with `opening`, the card of everybody's first answer. after: what is
    there when a run is done.
    """

    stage: gr.HTML
    before: gr.Column
    opening: gr.HTML
    after: gr.Column
    slider: gr.ImageSlider
    difference: gr.HTML
    png: gr.DownloadButton
    json: gr.DownloadButton
    table: gr.HTML
    plots: tuple[gr.Plot, ...]


def build() -> Results:
    stage = gr.HTML(cards.welcome(), elem_id="q-stage")
    with gr.Column() as before:
        opening = gr.HTML(visible=False, elem_id="q-opening", apply_default_css=False)
    with gr.Column(visible=False, elem_id="q-results") as after:
        with gr.Row(elem_classes="q-card"):
            with gr.Column(min_width=280):
                slider = gr.ImageSlider(
                    format="png",
                    label="Original and adversarial picture",
                    show_label=False,
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="q-slider",
                )
                gr.HTML('<p class="q-say">Original ⟷ adversarial: drag to compare. Previews, enlarged.</p>')
            with gr.Column(min_width=280):
                difference = gr.HTML()
        with gr.Row():
            png = gr.DownloadButton("Picture (PNG, exact)", elem_id="q-png")
            json = gr.DownloadButton("Run (JSON)", elem_id="q-json")
        table = gr.HTML(elem_id="q-table", apply_default_css=False)
        with gr.Row():
            plots = tuple(gr.Plot(show_label=False, min_width=300) for _ in range(PLOTS))
    return Results(stage, before, opening, after, slider, difference, png, json, table, plots)


def finished(plan: Plan, prepared: Prepared, finished: Finished, results: Results) -> Iterator[dict[Any, Any]]:
    """The verdict and all that led to it; the files live until they have been handed over."""
    charts = of_run.charts(finished.history, prepared.look.jurors, prepared.goal, plan.recipe)
    drawn: list[Any] = [gr.update(value=interactive.plot(chart), visible=True) for chart in charts]
    drawn += [gr.update(visible=False)] * (PLOTS - len(drawn))
    with running.scratch() as folder:
        png, numbers = running.save(plan, finished, Path(folder))
        yield {
            results.stage: judged.verdict(finished, finished.history[-1].gradients, prepared.look.device),
            results.slider: _enlarged(finished),
            results.difference: judged.difference(finished),
            results.table: judged.table(finished),
            **dict(zip(results.plots, drawn, strict=True)),
            results.png: png,
            results.json: numbers,
        }


def _enlarged(finished: Finished, side: int = 448) -> tuple[Pixels, Pixels]:
    """Original and adversarial picture for the slider: previews with every pixel as a block."""
    factor = max(1, side // len(finished.original))
    block = np.ones((factor, factor, 1), dtype=np.uint8)
    return np.kron(finished.original, block), np.kron(finished.adversarial, block)
