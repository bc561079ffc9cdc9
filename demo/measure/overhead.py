"""What prepared networks gain, and what the driver costs: attacks against a loop such as anybody would write."""

from __future__ import annotations

import argparse
import copy
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional as F

import models
from demo.attacks import craft
from demo.measure.judging import counted
from demo.measure.results import LIBRARIES
from models import Classifier
from models.defences.binomial import tail, wilson
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS

EPSILON, STEP = 8 / 255, 1 / 255
BATCHES = (1, 8)
JUMP = 1e-4
"""Of a gradient's length. Rounding alone stays near 1e-6; where it moves a ReLU across 0, the gradient jumps."""
LOOP = "a loop, plain"
BARE = "a loop, prepared"
ATTACKS = {"MI-FGSM": "mi-fgsm", "EnsembleFool-A": "ensemblefool-a"}
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "processor": time.process_time}
Timed = dict[str, list[float]]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=15, help="of each, in turns; from 6 on an interval")
    parser.add_argument("--steps", type=int, default=10, help="of each run")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: where others use the machine too")
    parser.add_argument("--gradients", type=counted, default=24, help="whose gradients are compared")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: ratios of times, each of one turn; and how often a gradient in float32 is off."""
    yield machine()
    turned = f"{options.steps} steps, {options.repeats} turns, {options.clock} time"
    yield f"{turned}; median, and its 95 % interval, of the ratios of each turn."
    yield ""
    yield "| pack | pictures | figure | value | 95 % interval |"
    yield "|---|---|---|---|---|"
    for name in (DEFAULT_PACK, OPENING_PACK):
        surrogates = PACKS[name].starters().surrogates
        plain, ready = ([models.load(one, prepared=way) for one in surrogates] for way in (False, True))
        for batch in BATCHES:
            times = turns(plain, ready, noise(batch, PACKS[name].side), options)
            yield from (f"| {PACKS[name].title} | {batch} | {cells} |" for cells in rows(times))
        pictures = noise(options.gradients, PACKS[name].side)
        found = [jumps(one, other, pictures) for one, other in zip(plain, ready, strict=True)]
        for words, off in zip(("plain", "prepared"), torch.tensor(found).sum(0), strict=True):
            trials = len(pictures) * len(plain)
            low, high = wilson(off / trials, trials)
            yield (
                f"| {PACKS[name].title} | {trials} | float32 gradients off by more than {JUMP:g} of their length, "
                f"{words} | {off / trials:.1%} | {low:.1%} to {high:.1%} |"
            )


def loop(surrogates: Sequence[Classifier], images: Tensor, labels: Tensor, steps: int) -> Tensor:
    """Steps along the sign of the gradient of the mean logits' loss, and nothing else."""
    pictures = images
    for _ in range(steps):
        given = pictures.detach().requires_grad_()
        loss = F.cross_entropy(torch.stack([one(given) for one in surrogates]).mean(0), labels)
        (gradient,) = torch.autograd.grad(loss, given)
        pictures = (pictures + STEP * gradient.sign()).clamp(images - EPSILON, images + EPSILON).clamp(0, 1)
    return pictures


def turns(
    plain: Sequence[Classifier], ready: Sequence[Classifier], images: Tensor, options: argparse.Namespace
) -> Timed:
    """Seconds of each way, one after the other in every turn; the first turn, which only warms up, is left out."""
    labels, steps = torch.zeros(len(images), dtype=torch.long, device=images.device), options.steps
    ways: dict[str, Callable[[], Tensor]] = {
        LOOP: partial(loop, plain, images, labels, steps),
        BARE: partial(loop, ready, images, labels, steps),
    }
    for title, attack in ATTACKS.items():
        ways[title] = partial(craft, attack, ready, images, labels, epsilon=EPSILON, step_size=STEP, steps=steps)
    taken: Timed = {title: [] for title in ways}
    for turn in range(options.repeats + 1):
        for title, way in ways.items():
            began = _now(images, options)
            way()
            if turn:
                taken[title].append(_now(images, options) - began)
    return taken


def _now(images: Tensor, options: argparse.Namespace) -> float:
    """Once the device that the pictures are on has done all it was asked for."""
    if images.is_cuda:
        torch.cuda.synchronize(images.device)
    return CLOCKS[options.clock]()


def rows(times: Timed) -> Iterator[str]:
    """Three cells of each figure."""
    yield f"seconds of {LOOP} | {median(times[LOOP]):.2f} s | {between(times[LOOP], '{:.2f}')}"
    for title in (BARE, *ATTACKS):
        ratios = [slow / fast for slow, fast in zip(times[LOOP], times[title], strict=True)]
        yield f"{title}: times as fast as {LOOP} | {median(ratios):.2f} × | {between(ratios, '{:.2f}')}"
    for title in ATTACKS:
        shares = [1 - bare / whole for bare, whole in zip(times[BARE], times[title], strict=True)]
        yield f"{title}: share of its time beyond {BARE} | {median(shares):.1%} | {between(shares, '{:.1%}')}"


def between(values: Sequence[float], words: str) -> str:
    """The 95 % interval of the median, by order statistics, whatever the distribution; it takes six values."""
    count = len(values)
    ranks = [rank for rank in range(1, count // 2 + 1) if tail(count - rank + 1, count, 0.5) <= 0.025]
    if not ranks:
        return "too few"
    ordered = sorted(values)
    return f"{words.format(ordered[ranks[-1] - 1])} to {words.format(ordered[-ranks[-1]])}"


def jumps(plain: Classifier, ready: Classifier, pictures: Tensor) -> tuple[int, int]:
    """For how many pictures either's gradient is further than `JUMP` from the plain network's in float64."""
    exact, off = copy.deepcopy(plain).double(), [0, 0]
    for two in pictures.split(2):  # at one picture torch 2.11's BatchNorm errs on the CPU for some networks
        wanted = gradient(exact, two.double()).flatten(1)
        for place, network in enumerate((plain, ready)):
            error = gradient(network, two).flatten(1) - wanted
            off[place] += int((error.norm(dim=1) > JUMP * wanted.norm(dim=1)).sum())
    return off[0], off[1]


def gradient(network: Classifier, pictures: Tensor) -> Tensor:
    given = pictures.clone().requires_grad_()
    loss = F.cross_entropy(network(given), torch.zeros(len(given), dtype=torch.long), reduction="sum")
    return torch.autograd.grad(loss, given)[0]


def noise(count: int, side: int) -> Tensor:
    """`(count,3,side,side)` in [0,1]: what is measured here does not depend on what is to be seen."""
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0))


def machine(libraries: Sequence[str] = LIBRARIES) -> str:
    """Where it is measured: the processor, its threads, what else it does, and the libraries' versions."""
    versions = ", ".join(f"{library} {version(library)}" for library in libraries)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{processor()}, {torch.get_num_threads()} threads, load {load} at the start; {versions}."


def version(library: str) -> str:
    """Of what is installed, or of what has been imported from its sources."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return getattr(sys.modules.get(library), "__version__", "from its sources")


def processor() -> str:
    """The processor's name, and what torch makes use of on it."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name} with {torch.backends.cpu.get_cpu_capability()}"
