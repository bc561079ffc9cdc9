"""What all runs on the page share: their events, thinned to what a browser can follow, their files, their refusals."""

from __future__ import annotations

import errno
import logging
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages.journal import journaled
from demo.pages.room import ROOM, Waiting
from demo.run.comparison import Told, compare
from demo.run.device import duration, on_gpu, seconds
from demo.run.events import Event, Finished, Least, Loading, Progress, Tried, Unknown
from demo.run.jury import arrived
from demo.run.kept import Kept
from demo.run.least import TRIES, least
from demo.run.plan import Plan
from demo.run.record import record
from demo.run.rescue import rescued
from demo.run.session import run
from demo.run.views import VIEWS
from demo.run.views.own import own
from models import WeightsError

SHORTEST_PAUSE = 0.2
"""Seconds between two updates: a browser that gets more than five a second falls behind."""
LONGEST = 800
"""Characters of a sentence for the visitor, who may have sent a value of a megabyte."""
REFUSALS = (ValueError, WeightsError)
"""What carries a sentence for the visitor; anything else is a defect of ours."""


def said(problem: Exception) -> str:
    """The sentence for the visitor. A defect is logged with its traceback, which nobody but us has a use for."""
    if isinstance(problem, gr.Error):  # such as a shared GPU's word on its quota
        return str(problem.message)
    if isinstance(problem, REFUSALS):
        return _short(str(problem))
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        return "The server’s disk is full, so that nothing can be written: try again later."
    logging.getLogger("quorum").error("A run ended in a defect.", exc_info=problem)
    return "Something went wrong on our side. Your picture and your choices are still here: try again, or change one."


def _short(words: str) -> str:
    """Without the middle of what is too long: a sentence names the value first, and the cure in the end."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST // 2]} … {words[-LONGEST // 2 :]}"


@on_gpu(duration=duration)
def events(plan: Plan) -> Iterator[Event]:
    """The run itself; on a Space with shared GPUs this generator, and nothing else, runs on one."""
    yield from _carried(rescued(run, plan))


@on_gpu(duration=lambda plan: duration(plan, TRIES))
def search(plan: Plan) -> Iterator[Event | Tried | Least]:
    """The search for the least strength, and the run at it; on a shared GPU too."""
    yield from _carried(rescued(least, plan))


@on_gpu(duration=lambda plans, budget: seconds(len(plans) * budget))
def contestants(plans: Sequence[Plan], budget: int) -> Iterator[Told]:
    """The comparison itself, on a shared GPU too."""
    yield from _carried(compare(plans, budget))


@on_gpu(duration=lambda view, kept, step: duration(kept.plan, 10))
def looked_into(view: str, kept: Kept, step: int) -> Iterator[Any]:
    """What a view of a finished run has to show, coarse first."""
    yield from _carried(VIEWS[view].look(kept, arrived(kept.plan.roster, kept.plan.device), step))


@on_gpu(duration=lambda kept, files: duration(kept.plan, 10 * max(1, len(files))))
def shown_own(kept: Kept, files: Sequence[tuple[str, str]]) -> Iterator[Any]:
    """Who fools whom on the visitor's own pictures."""
    yield from _carried(own(kept, arrived(kept.plan.roster, kept.plan.device), files))


def seated(kind: str, who: frozenset[str], plan: Plan, stream: Iterator[Any]) -> Iterator[Any]:
    """The stream when it is this visitor's turn, with a line about it in the journal. kind: the journal's word."""
    yield from ROOM.seated(who, journaled(kind, plan, stream))


def _carried(told: Iterator[Any]) -> Iterator[Any]:
    """What is told, and refusals in a form whose words come through from the process of a shared GPU."""
    try:
        yield from told
    except REFUSALS as refusal:
        raise gr.Error(str(refusal), print_exception=False) from refusal


def thinned(stream: Iterator[Any]) -> Iterator[tuple[Any, list[Progress]]]:
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


def _passing(event: Any) -> bool:
    """Whether a later event will say the same better."""
    return isinstance(event, Loading) or (isinstance(event, Progress) and 0 < event.step < event.steps)


def written(attack: str, finished: Finished, ending: str, content: bytes, folder: Path) -> str:
    """The path of a file of a finished run. A label may hold what no file's name should, and come from anywhere."""
    label = re.sub(r"[^a-z0-9]+", "-", finished.label.lower())[:40]
    path = folder / f"quorum-{attack}-{label}{ending}"
    path.write_bytes(content)
    return str(path)


def to_the_end(plan: Plan, folder: Path, who: frozenset[str]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """A whole run for callers without a page: where they stand in line, how far it is, as often as somebody can follow;
    then the PNG's path in `folder`, and the record.

    Raises:
        ValueError: nothing could be attacked because the jury does not know the picture and no label was given.
    """
    for event, _ in thinned(seated("program", who, plan, events(plan))):
        match event:
            case Waiting():
                yield None, {"place": event.place, "seconds_left": event.seconds_left}
            case Unknown():
                raise ValueError(
                    f"The jury does not recognise this picture (its best guess is {event.look.guess}): say what it "
                    "shows with `label`, one of the classes that the jury knows."
                )
            case Progress():
                yield None, {"step": event.step, "steps": event.steps, "seconds_left": event.seconds_left}
            case Finished():
                yield written(plan.attack, event, ".png", event.png, folder), record(plan, event)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder that is gone as soon as its files have been handed over."""
    return tempfile.TemporaryDirectory(prefix="quorum-")
