"""What a way back takes of the memory, with all surrogates' graphs at once and with one at a time, and what that costs.

Surrogates are copies of one network, so that what grows is their number alone.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

import torch
from torch import Tensor

import models
from demo.attacks import craft
from demo.attacks.at_once import AtOnce
from demo.measure import overhead
from demo.measure.graphs import held
from demo.measure.overhead import CLOCKS, EPSILON, between, noise
from models import Classifier
from models.packs import PACKS

SUBJECTS = (("tiny/resnet", 16), ("tiny/densenet", 16), ("imagenet/efficientnet_lite0", 2))
"""Networks, and how many pictures they are shown at once."""
MEMBERS = (1, 2, 4, 8)
WAYS = (False, True)
"""Whether graphs are held apart."""
ATTACK, STEPS = "mi-fgsm", 2
MEGA = 1e6


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=11, help="of each, in turns; from 6 on an interval")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: where others use the machine too")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table, one row a network and number of surrogates."""
    yield overhead.machine()
    turned = f"{options.repeats} turns, {options.clock} time"
    yield f"{ATTACK}; graphs of all surrogates at once (*all*) or of one at a time (*apart*); {turned}."
    yield ""
    yield (
        "| network | pictures | surrogates | graphs, all | graphs, apart | process grows, all | process grows, apart "
        "| time, apart ÷ all | 95 % interval |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, count in SUBJECTS:
        network = models.load(name)
        pictures = noise(count, _side(name))
        for members in MEMBERS:
            jury = copies(network, members)
            graphs = [f"{bytes_held(jury, pictures, apart) / MEGA:.0f} MB" for apart in WAYS]
            grown = [f"{grows(name, members, count, apart) / MEGA:.0f} MB" for apart in WAYS]
            longer = slower(jury, pictures, options)
            cells = [name, str(count), str(members), *graphs, *grown]
            yield f"| {' | '.join(cells)} | {median(longer):.2f} × | {between(longer, '{:.2f}')} |"


def copies(network: Classifier, members: int) -> list[Classifier]:
    """They are asked in turn: side by side their graphs are made on threads of their own, where nobody counts them."""
    made = [copy.deepcopy(network) for _ in range(members)]
    for one in made:
        one.abreast = False
    return made


@contextmanager
def forced(apart: bool) -> Iterator[None]:
    """Graphs held apart or all at once, whatever fits."""
    with ExitStack() as stack:
        for user in ("probe", "portions"):
            stack.enter_context(
                patch(f"demo.attacks.{user}.at_once", lambda _, images: AtOnce(len(images), apart=apart))
            )
        yield


def attack(jury: Sequence[Classifier], pictures: Tensor, apart: bool, steps: int = STEPS) -> Tensor:
    labels = torch.zeros(len(pictures), dtype=torch.long)
    with forced(apart):
        return craft(ATTACK, jury, pictures, labels, epsilon=EPSILON, steps=steps)


def bytes_held(jury: Sequence[Classifier], pictures: Tensor, apart: bool) -> int:
    """The most that graphs hold at any moment."""
    with held([one for member in jury for one in (*member.parameters(), *member.buffers())]) as count:
        attack(jury, pictures, apart)
    return count.most


def slower(jury: Sequence[Classifier], pictures: Tensor, options: argparse.Namespace) -> list[float]:
    """How many times as long it takes with graphs apart, turn by turn; the first turn, which warms up, is left out."""
    now, ratios = CLOCKS[options.clock], []
    for turn in range(options.repeats + 1):
        seconds = []
        for apart in WAYS if turn % 2 else WAYS[::-1]:
            began = now()
            attack(jury, pictures, apart)
            seconds.append((apart, now() - began))
        together, alone = (dict(seconds)[apart] for apart in WAYS)
        ratios += [alone / together] * bool(turn)
    return ratios


def grows(name: str, members: int, count: int, apart: bool) -> int:
    """By how many bytes a process of its own grows at its highest, from networks loaded to pictures made."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as fresh:
        return fresh.submit(_growth, name, members, count, apart).result()


def _growth(name: str, members: int, count: int, apart: bool) -> int:
    jury, pictures = copies(models.load(name), members), noise(count, _side(name))
    with torch.no_grad():
        for one in jury:
            one(pictures[:1])  # what libraries keep from their first call on
    before = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    attack(jury, pictures, apart)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before


def _side(name: str) -> int:
    card = models.CARDS[name]
    return card.size or PACKS[card.pack].side
