"""The charts with every value, drawn while somebody has them open: what draws them outweighs the rest of a run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.attacks.recipes import RECIPES
from demo.figures import interactive, of_run
from demo.figures.chart import Chart
from demo.pages.widgets import QUIET
from demo.run.saved import Saved

PLOTS = 3
"""A run draws two or three charts."""
HIDDEN = [gr.update(visible=False, value=None)] * PLOTS


@dataclass(frozen=True)
class Curves:
    """latest: when the run was done that is on the stage, so that charts that are open follow it."""

    latest: gr.State

    def outputs(self) -> list[Any]:
        return [self.latest]

    def of(self) -> dict[Any, Any]:
        """The updates once a run is done."""
        return {self.latest: time.monotonic_ns()}


def build(run: gr.State) -> Curves:
    """The charts' room, closed. run: where the finished run is kept."""
    opened, latest = gr.State(False), gr.State(0)
    with gr.Accordion("The charts, with every value", open=False, elem_id="q-plots") as room:
        plots = [gr.Plot(show_label=False, min_width=300, visible=False) for _ in range(PLOTS)]
    room.expand(lambda saved: [True, *drawn(saved)], run, [opened, *plots], **QUIET)
    room.collapse(lambda: [False, *HIDDEN], None, [opened, *plots], **QUIET)
    latest.change(lambda wanted, saved: drawn(saved if wanted else None), [opened, run], plots, **QUIET)
    return Curves(latest)


def drawn(run: Saved | None) -> list[Any]:
    """The plots' updates; without a run there are none to be seen."""
    if run is None:
        return HIDDEN
    shown = [gr.update(value=interactive.plot(chart), visible=True) for chart in charts(run)]
    return shown + HIDDEN[len(shown) :]


def charts(run: Saved) -> list[Chart]:
    """What a run shows.

    Raises:
        ValueError: its iterations come from a file, and are not what its attack computes.
    """
    finished, look = run.finished, run.prepared.look
    try:
        return of_run.charts(finished.history, look.jurors, run.prepared.goal, RECIPES[run.attack])
    except (LookupError, TypeError, ValueError) as problem:
        raise ValueError(
            "This file is damaged: its iterations are not what its attack computes. Save the run again where it was "
            "made."
        ) from problem
