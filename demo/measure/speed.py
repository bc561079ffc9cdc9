"""How long a run takes without a page, and how much of it is the driver's: the runs that the page opens with."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import torch

import models
from demo.attacks import craft
from demo.pages import examples
from demo.run.device import best
from demo.run.events import Progress
from demo.run.picture import to_tensor
from demo.run.request import DEFAULT_ATTACK, DEFAULT_ITERATIONS, Request
from demo.run.session import run
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=7, help="runs of each figure; the median is printed")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: figure, median, and least and most of the repeats."""
    device = best()
    threads = f", {torch.get_num_threads()} threads" if device == "cpu" else f" ({torch.cuda.get_device_name()})"
    yield f"On {device}{threads}; median (least to most) of {options.repeats} repeats."
    yield ""
    yield "| figure | median | range |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        pictures = dict(examples.write(Path(folder)))
        for pack in (OPENING_PACK, DEFAULT_PACK):
            request = opening(pack, pictures[examples.OFFERED[pack][0]], device)
            list(run(request.plan()))  # loads the networks
            runs = [_timed_run(request) for _ in range(options.repeats)]
            yield _row(f"{PACKS[pack].title}: default run, from request to verdict", [total for _, total in runs], "s")
            yield _row(f"{PACKS[pack].title}: first frame of it", [first for first, _ in runs], "s")
            shares = [_share(request, device) for _ in range(options.repeats)]
            yield _row(f"{PACKS[pack].title}: driver's share of an attack's time", shares, "%")


def opening(pack: str, picture: str, device: str = "cpu") -> Request:
    """What the page asks for when it opens with a pack and Attack is pressed."""
    row = PACKS[pack]
    surrogates, held_out = row.starters(device)
    watching = row.held_out() if row.watched else held_out
    return Request(
        picture,
        surrogates,
        held_out=[name for name in watching if name not in surrogates],
        pack=pack,
        epsilon=row.epsilon,
        guards=row.guards,
        draws=row.looks,
        device=device,
    )


def _row(name: str, figures: list[float], unit: str) -> str:
    return f"| {name} | {median(figures):.2f} {unit} | {min(figures):.2f} to {max(figures):.2f} {unit} |"


def _timed_run(request: Request) -> tuple[float, float]:
    """Seconds to the first frame and to the verdict."""
    began = time.perf_counter()
    first = 0.0
    for event in run(request.plan()):
        if isinstance(event, Progress) and not first:
            first = time.perf_counter() - began
    return first, time.perf_counter() - began


def _share(request: Request, device: str) -> float:
    """Percent of an attack's time that is not spent in the networks, on the way there or back."""
    surrogates = [models.load(name, device) for name in request.surrogates]
    images = to_tensor(request.plan().original, device)
    labels = surrogates[0](images).argmax(1)
    inside = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:
            nonlocal inside
            began = _now(device)
            result = work(*given, **named)
            inside += _now(device) - began
            return result

        return wrapped

    with patch("torch.autograd.grad", timed(torch.autograd.grad)):
        began = _now(device)
        craft(
            DEFAULT_ATTACK,
            [timed(surrogate) for surrogate in surrogates],
            images,
            labels,
            epsilon=request.epsilon / 255,
            steps=DEFAULT_ITERATIONS,
        )
        return 100 * (1 - inside / (_now(device) - began))


def _now(device: str) -> float:
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter()
