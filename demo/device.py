"""Where a run is computed: the GPU that is there, a GPU lent for a moment by a Space, or the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from demo.attacks.recipes import RECIPES
from demo.request import LONGEST, Request

try:
    from spaces import GPU as on_gpu
except ImportError:  # not on a Space: the function runs as it is

    def on_gpu(duration: Callable[..., int]) -> Callable[[Any], Any]:
        return lambda function: function


SECONDS_PER_GRADIENT = 0.08
"""A generous guess for one surrogate's forward and backward pass with all that goes with it."""


def best() -> str:
    """The device to compute on."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def seconds(gradients: int) -> int:
    """Seconds of GPU that so many gradients may need with a start, within what a Space lends (10 to 120)."""
    return int(min(max(10 + gradients * SECONDS_PER_GRADIENT, 10), 120))


def duration(request: Request) -> int:
    """The same for a request that nobody has checked yet."""
    recipe = RECIPES.get(request.attack) if isinstance(request.attack, str) else None
    steps = request.iterations if isinstance(request.iterations, int) else LONGEST
    steps = (recipe.steps if recipe else None) or min(max(steps, 1), LONGEST)
    return seconds(steps * len(request.surrogates))
