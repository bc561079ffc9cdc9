"""What happens on the Attack page: from the widgets' values to a request, and from its events to updates."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.events import Dependency

from demo import figures
from demo.attacks.recipes import RECIPES
from demo.comparison import Contestant, compare
from demo.device import best, duration, on_gpu, seconds
from demo.events import Event, Finished, Loading, Prepared, Progress
from demo.pages import markup
from demo.record import record
from demo.request import Request
from demo.session import run
from models import WeightsError

SHORTEST_PAUSE = 0.2
"""Seconds between two updates: a browser that gets more than five a second falls behind."""


REFUSALS = (ValueError, WeightsError)
"""What carries a sentence for the visitor; anything else is a defect of ours."""


def stops(stop: gr.Button, start: gr.Button, stage: gr.HTML, runs: Sequence[Dependency], name: str) -> None:
    """Lets a button stop these runs. name: what the button to begin again is called."""

    def settled() -> str:
        time.sleep(0.5)  # a frame that was on its way may arrive after the first word
        return markup.stopped(name)

    stop.click(
        lambda: (markup.stopped(name), gr.update(visible=True, interactive=True), gr.update(visible=False)),
        None,
        [stage, start, stop],
        cancels=list(runs),
        queue=False,
        api_visibility="private",
    ).then(settled, None, stage, queue=False, show_progress="hidden", api_visibility="private")


def said(problem: Exception) -> str:
    """The sentence for the visitor. A defect is logged with its traceback, which nobody but us has a use for."""
    if isinstance(problem, gr.Error):  # such as a shared GPU's word on its quota
        return str(problem.message)
    if isinstance(problem, REFUSALS):
        return str(problem)
    logging.getLogger("quorum").error("A run ended in a defect.", exc_info=problem)
    return "Something went wrong on our side. Your picture and your choices are still here: try again, or change one."


@on_gpu(duration=duration)
def events(request: Request) -> Iterator[Event]:
    """The run itself; on a Space with shared GPUs this generator, and nothing else, runs on one."""
    yield from run(request)


@on_gpu(duration=lambda request, attacks, budget: seconds(len(attacks) * budget if isinstance(budget, int) else 0))
def contestants(request: Request, attacks: Sequence[str], budget: int) -> Iterator[Contestant]:
    """The comparison itself, on a shared GPU too."""
    yield from compare(request, attacks, budget)


def ask(values: dict[str, Any]) -> Request:
    """A request from the widgets' values by name; what a widget leaves empty keeps its default."""
    return Request(
        picture=values["picture"],
        surrogates=values["surrogates"] or (),
        attack=values["attack"],
        epsilon=values["epsilon"],
        iterations=values["iterations"],
        seed=values["seed"],
        step_size=values["step_size"] or None,
        framing=values["framing"],
        label=values["label"] or None,
        target=values["target"] or None,
        knobs=values["knobs"],
        pack=values["pack"],
        side=values["side"] or None,
        held_out=values["held_out"],
        guards=values["guards"],
        guarded=values["guarded"] or None,
        draws=values["draws"],
        known_guard=values["known_guard"] or None,
        device=best(),
    )


def thinned(stream: Iterator[Event]) -> Iterator[tuple[Event, list[Progress]]]:
    """Events with all progress so far, at most one progress every SHORTEST_PAUSE; first and last always pass."""
    history: list[Progress] = []
    shown = 0.0
    for event in stream:
        now = time.monotonic()
        if isinstance(event, Progress):
            history.append(event)
        if _passing(event):
            if now - shown < SHORTEST_PAUSE:
                continue
            shown = now
        yield event, history


def _passing(event: Event) -> bool:
    """Whether a later event will say the same better."""
    return isinstance(event, Loading) or (isinstance(event, Progress) and 0 < event.step < event.steps)


def live(request: Request, prepared: Prepared, progress: Progress, history: list[Progress]) -> str:
    """The stage's HTML while the run goes on."""
    goal = prepared.target or str(prepared.label)
    return markup.live(prepared, progress, figures.charts(history, prepared.jurors, goal, RECIPES[request.attack]))


def enlarged(finished: Finished, side: int = 448) -> tuple[Any, Any]:
    """Original and adversarial picture for the slider: previews with every pixel as a block."""
    factor = max(1, side // len(finished.original))
    block = np.ones((factor, factor, 1), dtype=np.uint8)
    return np.kron(finished.original, block), np.kron(finished.adversarial, block)


def save(request: Request, finished: Finished, folder: Path) -> tuple[str, str]:
    """Writes the exact PNG and the JSON of a finished run into a folder; their paths."""
    stem = "-".join(("quorum", request.attack, finished.label.lower().replace(" ", "-")))
    picture, numbers = folder / f"{stem}.png", folder / f"{stem}.json"
    picture.write_bytes(finished.png)
    numbers.write_text(json.dumps(record(request, finished), indent=1))
    return str(picture), str(numbers)


def to_the_end(request: Request, folder: Path) -> tuple[str, dict[str, Any]]:
    """A whole run for callers without a page: the PNG's path in `folder`, and the record.

    ValueError where nothing could be attacked because the jury does not know the picture and no label was given.
    """
    for event in events(request):
        if isinstance(event, Prepared) and event.label is None:
            raise ValueError(
                f"The jury does not recognise this picture (its best guess is {event.guess}): say what it shows with "
                "`label`, one of the classes that the jury knows."
            )
    if not isinstance(event, Finished):
        raise RuntimeError("The run ended without a verdict.")
    path, _ = save(request, event, folder)
    return path, record(request, event)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder that is gone as soon as its files have been handed over."""
    return tempfile.TemporaryDirectory(prefix="quorum-")
