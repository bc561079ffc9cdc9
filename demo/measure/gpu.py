"""What a GPU makes of it: one picture against the time of its own kernels, many against a plain loop, and verdicts.

Without a GPU it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from statistics import median

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

import models
from demo.attacks import craft
from demo.measure import overhead
from demo.measure.overhead import EPSILON, STEP, between, noise
from models import Classifier
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS

ABSENT = "There is no GPU here (torch.cuda.is_available() is False): nothing is measured."
MANY = 64
ATTACK = "mi-fgsm"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=15, help="of each, in turns; from 6 on an interval")
    parser.add_argument("--steps", type=int, default=10, help="of each run")
    parser.set_defaults(clock="wall")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: ratios of times, each of one turn."""
    if not torch.cuda.is_available():
        yield ABSENT
        return
    yield f"{torch.cuda.get_device_name()}; {overhead.machine()}"
    yield f"{options.steps} steps, {options.repeats} turns; median, and its 95 % interval, of the ratios of each turn."
    yield ""
    yield "| pack | pictures | figure | value | 95 % interval |"
    yield "|---|---|---|---|---|"
    for name in (DEFAULT_PACK, OPENING_PACK):
        names, side = PACKS[name].starters("cuda").surrogates, PACKS[name].side
        plain, ready = ([models.load(one, "cuda", prepared=way) for one in names] for way in (False, True))
        ratios = kernels(ready, noise(1, side).cuda(), options)
        told = f"MI-FGSM: times as long as its kernels | {median(ratios):.2f} × | {between(ratios, '{:.2f}')}"
        yield f"| {PACKS[name].title} | 1 | {told} |"
        times = overhead.turns(plain, ready, noise(MANY, side).cuda(), options)
        yield from (f"| {PACKS[name].title} | {MANY} | {cells} |" for cells in overhead.rows(times))
        alike = agreeing([models.load(one) for one in names], ready, noise(MANY, side), options.steps)
        yield f"| {PACKS[name].title} | {MANY} | jury's verdicts as on the CPU | {alike:.1%} | |"


def kernels(jury: Sequence[Classifier], images: Tensor, options: argparse.Namespace) -> list[float]:
    """How many times as long one run takes as the GPU is at work in it; the first turn, which warms up, is left out."""
    labels, ratios = torch.zeros(len(images), dtype=torch.long, device=images.device), []
    for turn in range(options.repeats + 1):
        torch.cuda.synchronize()
        began = time.perf_counter()
        _run(jury, images, labels, options.steps)
        torch.cuda.synchronize()
        took = time.perf_counter() - began
        with profile(activities=[ProfilerActivity.CUDA]) as seen:
            _run(jury, images, labels, options.steps)
            torch.cuda.synchronize()
        busy = sum(event.self_device_time_total for event in seen.key_averages()) / 1e6
        ratios += [took / busy] * bool(turn)
    return ratios


def agreeing(here: Sequence[Classifier], there: Sequence[Classifier], images: Tensor, steps: int) -> float:
    """The share of pictures that end in the same verdict of the jury, attacked and judged on either device."""
    verdicts = []
    for jury in (here, there):
        given = images.to(jury[0].mean.device)
        made = _run(jury, given, torch.zeros(len(given), dtype=torch.long, device=given.device), steps)
        with torch.no_grad():
            verdicts.append(torch.stack([one(made) for one in jury]).softmax(-1).mean(0).argmax(-1).cpu())
    return float((verdicts[0] == verdicts[1]).double().mean())


def _run(jury: Sequence[Classifier], images: Tensor, labels: Tensor, steps: int) -> Tensor:
    return craft(ATTACK, jury, images, labels, epsilon=EPSILON, step_size=STEP, steps=steps)
