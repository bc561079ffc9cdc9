"""How long a visitor waits, and how much of it is the driver's: the default run on the built-in pack."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

import models
from demo.attacks import craft
from demo.pages import examples
from demo.run.device import best
from demo.run.events import Progress
from demo.run.picture import read, to_tensor
from demo.run.request import DEFAULT_ATTACK, DEFAULT_ITERATIONS, PACK, Request
from demo.run.session import run

LONGEST_START = 120


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=7, help="runs of each figure; the median is printed")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: figure, median, and least and most of the repeats."""
    device = best()
    threads = f", {torch.get_num_threads()} threads" if device == "cpu" else f" ({torch.cuda.get_device_name()})"
    yield f"On {device}{threads}; median (least to most) of {options.repeats} repeats, of three starts."
    yield ""
    yield "| figure | median | range |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        picture = dict(examples.write(Path(folder)))["Lion"]
        request = Request(picture, device=device)
        list(run(request.plan()))  # loads the networks
        runs = [_timed_run(request) for _ in range(options.repeats)]
        yield _row("default run, from request to verdict", [total for _, total in runs], "s")
        yield _row("first frame of it", [first for first, _ in runs], "s")
        yield _row("driver's share of an attack's time", _overheads(picture, device, PAIRS * options.repeats), "%")
    yield _row("`python app.py` until the page answers", [_start() for _ in range(min(options.repeats, 3))], "s")


PAIRS = 6
"""How often each repeat compares an attack with its bare passes: the difference of the two is small, and noisy."""


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


def _overheads(picture: str, device: str, repeats: int) -> list[float]:
    """Percent of an attack's time that is not the networks' own forward and backward, pair by pair."""
    surrogates = [models.load(name, device) for name in PACK.starters().surrogates]
    images = to_tensor(read(picture, 64), device)
    labels = torch.tensor([list(PACK.vocabulary().values()).index("Lion")], device=device)

    def attack() -> None:
        craft(DEFAULT_ATTACK, surrogates, images, labels, epsilon=PACK.epsilon / 255, steps=DEFAULT_ITERATIONS)

    def networks() -> None:
        for _ in range(DEFAULT_ITERATIONS):
            _passes(surrogates, images)

    attack()
    networks()
    shares = []
    for _ in range(repeats):
        whole, bare = _seconds(attack, device), _seconds(networks, device)
        shares.append(100 * (1 - bare / whole))
    return shares


def _passes(surrogates: list[models.Classifier], images: Tensor) -> None:
    """One forward and one backward through every surrogate, and nothing else."""
    leaf = images.clone().requires_grad_()
    outputs = [surrogate(leaf) for surrogate in surrogates]
    torch.autograd.grad(outputs, leaf, [torch.ones_like(output) for output in outputs])


def _seconds(work: Callable[[], None], device: str) -> float:
    if device != "cpu":
        torch.cuda.synchronize()
    began = time.perf_counter()
    work()
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def _start() -> float:
    """Seconds from starting the program to the page's first answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            while time.perf_counter() - began < LONGEST_START:
                if program.poll() is not None:
                    raise RuntimeError(f"`{' '.join(command)}` ended before the page answered.")
                if _answers(port):
                    return time.perf_counter() - began
                time.sleep(0.05)
            raise RuntimeError(f"The page did not answer within {LONGEST_START} s.")
        finally:
            program.terminate()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # not listening yet
        return False
