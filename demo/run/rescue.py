"""What to do when a GPU's memory is full: the run once more, on the CPU, and a word about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import torch

from demo.run.events import Elsewhere
from demo.run.plan import Plan


def rescued(run: Callable[[Plan], Iterator[Any]], plan: Plan) -> Iterator[Any]:
    """The run's events; where its device has not enough memory, Elsewhere and those of the same run on the CPU.

    Runs of one picture are small: a GPU that is full is full of others' work, which no smaller batch of ours mends.
    """
    try:
        yield from run(plan)
    except torch.OutOfMemoryError:
        if plan.device == "cpu":
            raise
        torch.cuda.empty_cache()
    else:
        return
    yield Elsewhere("cpu")
    yield from run(dataclasses.replace(plan, device="cpu", settings={**plan.settings, "device": "cpu"}))
