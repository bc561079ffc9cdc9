"""How long a run may take: an estimate from measured passes before it begins, and a limit on the clock."""

from __future__ import annotations

import os
import time

import torch

from demo.run.jury import Jury, attacked
from demo.run.picture import to_tensor
from demo.run.plan import Plan

MOST_SECONDS = float(os.environ.get("QUORUM_MOST_SECONDS", "300"))
"""What no run may exceed: one that would is refused, one that does ends with the picture that it has."""
BACK = 2
"""How many times longer the way back through a network takes than the way there."""


def check(plan: Plan, jury: Jury, runs: int = 1) -> None:
    """Refuses what would take too long on this machine.

    Args:
        plan, jury: what is to be run; the jury has answered once, so that nothing is timed cold.
        runs: how many attacks of this kind are to follow each other.

    Raises:
        ValueError: with the estimate, the limit, and what to lower.
    """
    passes = plan.recipe.longest(plan.surrogates, plan.steps, plan.knobs)
    each = 1 if plan.recipe.idea == "ask" else 1 + BACK
    # One pass is soon measured and easily disturbed: nobody is refused because something else ran just then.
    for _ in range(3):
        seconds = runs * passes * each * seconds_per_pass(plan, jury)
        if seconds <= MOST_SECONDS:
            break
    else:
        what = "queries" if plan.recipe.idea == "ask" else "iterations, inner steps or networks"
        raise ValueError(
            f"This run would take about {_words(seconds)} here, and {_words(MOST_SECONDS)} is the limit: "
            f"choose fewer {what}."
        )


def seconds_per_pass(plan: Plan, jury: Jury) -> float:
    """What one surrogate takes for one answer, on average."""
    picture, surrogates = to_tensor(plan.original, plan.device), attacked(jury, plan.seed)
    began = time.perf_counter()
    with torch.no_grad():
        for surrogate in surrogates:
            surrogate(picture)
    return (time.perf_counter() - began) / len(surrogates)


def spent(began: float) -> bool:
    """Whether a run that began then, by `time.perf_counter`, has had its time."""
    return time.perf_counter() - began > MOST_SECONDS


def _words(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
