"""How long *See why* takes: each view of the runs that the page opens with, to its first picture and to the whole."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch

from demo.measure.speed import opening
from demo.pages import examples
from demo.pages.views import DRAWINGS
from demo.run.device import best
from demo.run.events import Finished, Prepared
from demo.run.jury import arrived
from demo.run.kept import Kept
from demo.run.session import run
from demo.run.views import VIEWS
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=5, help="how often each view is opened; the median is printed")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: view, seconds to its first picture and to the whole, with least and most."""
    device = best()
    yield f"On {device}, {torch.get_num_threads()} threads; median (least to most) of {options.repeats} openings each."
    yield ""
    yield "| jury: view | first picture | whole |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        pictures = dict(examples.write(Path(folder)))
        for pack in (OPENING_PACK, DEFAULT_PACK):
            kept = finished(pack, pictures[examples.OFFERED[pack][0]], device)
            for name, view in VIEWS.items():
                times = [_opened(name, kept) for _ in range(options.repeats)]
                first, whole = (_words(list(column)) for column in zip(*times, strict=True))
                yield f"| {PACKS[pack].title}: {view.title} | {first} | {whole} |"


def finished(pack: str, picture: str, device: str) -> Kept:
    """The run with which a pack opens, with its networks loaded."""
    plan = opening(pack, picture, device).plan()
    events = list(run(plan))
    (prepared,) = (event for event in events if isinstance(event, Prepared))
    if not isinstance(events[-1], Finished):
        raise ValueError(f"The run of {pack} ended without a verdict.")
    return Kept(plan, prepared, events[-1])


def _opened(view: str, kept: Kept) -> tuple[float, float]:
    """Seconds to the first drawing and to the last, the jury looked up as the page does."""
    began = time.perf_counter()
    first = 0.0
    for seen in VIEWS[view].look(kept, arrived(kept.plan.roster, kept.plan.device), kept.plan.steps):
        DRAWINGS[view](seen, kept)
        first = first or time.perf_counter() - began
    return first, time.perf_counter() - began


def _words(times: list[float]) -> str:
    return f"{median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"
