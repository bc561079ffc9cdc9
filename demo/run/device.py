"""Where a run is computed: the GPU that is there, a GPU lent for a moment by a Space, or the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from demo.run.plan import Plan

try:
    from spaces import GPU as on_gpu
except ImportError:  # not on a Space: the function runs as it is

    def on_gpu(duration: Callable[..., int]) -> Callable[[Any], Any]:
        return lambda function: function


SECONDS_PER_PASS = 0.08
"""A generous guess for one surrogate's forward and backward pass with all that goes with it."""


def best() -> str:
    """The device to compute on."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def seconds(passes: float) -> int:
    """Seconds of GPU that so many passes may need with a start, within what a Space lends (10 to 120)."""
    return int(min(max(10 + passes * SECONDS_PER_PASS, 10), 120))


def duration(plan: Plan, runs: int = 1) -> int:
    """The same for a run, or for several."""
    return seconds(runs * plan.passes * plan.recipe.longest(plan.surrogates, plan.steps, plan.knobs))
