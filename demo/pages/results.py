"""The right column: the verdict, the stage below it, and what can be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from demo.figures import interactive, of_run
from demo.pages import running, stage, verdict
from demo.run.events import Finished, Prepared
from demo.run.plan import Plan

PLOTS = 3
"""A run draws two or three charts."""


@dataclass(frozen=True)
class Results:
    """Every component that a run writes to. heard: the verdict's room. after: what is there when a run is done."""

    heard: gr.Column
    verdict: gr.HTML
    stage: gr.HTML
    after: gr.Column
    png: gr.DownloadButton
    json: gr.DownloadButton
    plots: tuple[gr.Plot, ...]

    def outputs(self) -> list[Any]:
        return [self.verdict, self.stage, self.png, self.json, *self.plots]


def build() -> Results:
    with gr.Column() as heard:
        said = gr.HTML(verdict.welcome(), elem_id="q-verdict", apply_default_css=False)
    shown = gr.HTML(elem_id="q-stage", apply_default_css=False)
    with gr.Column(visible=False, elem_id="q-results") as after:
        with gr.Row():
            png = gr.DownloadButton("Picture (PNG, exact)", elem_id="q-png")
            json = gr.DownloadButton("Run (JSON)", elem_id="q-json")
        with gr.Accordion("The charts, with every value", open=False, elem_id="q-plots"):
            plots = tuple(gr.Plot(show_label=False, min_width=300) for _ in range(PLOTS))
    return Results(heard, said, shown, after, png, json, plots)


def finished(plan: Plan, prepared: Prepared, finished: Finished, results: Results) -> Iterator[dict[Any, Any]]:
    """The verdict and all that led to it; the files live until they have been handed over."""
    charts = of_run.charts(finished.history, prepared.look.jurors, prepared.goal, plan.recipe)
    drawn: list[Any] = [gr.update(value=interactive.plot(chart), visible=True) for chart in charts]
    drawn += [gr.update(visible=False)] * (PLOTS - len(drawn))
    with running.scratch() as folder:
        png, numbers = running.save(plan, finished, Path(folder))
        yield {
            results.verdict: verdict.judged(prepared, finished),
            results.stage: stage.judged(prepared, finished, charts),
            **dict(zip(results.plots, drawn, strict=True)),
            results.png: png,
            results.json: numbers,
        }
