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


def duration(request: Request) -> int:
    """Seconds of GPU that a request may need: its gradients and a start, within what a Space lends (10 to 120)."""
    recipe = RECIPES.get(request.attack)
    steps = request.iterations if isinstance(request.iterations, int) else LONGEST
    steps = (recipe.steps if recipe else None) or min(max(steps, 1), LONGEST)
    return int(min(max(10 + steps * len(request.surrogates) * SECONDS_PER_GRADIENT, 10), 120))


__all__ = ["best", "duration", "on_gpu"]
