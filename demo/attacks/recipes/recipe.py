"""What a row of the table of attacks is, and the knobs that many rows share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from demo.attacks.core import Attack
from demo.attacks.knobs import Choice, Choices, Flag, Knob, Number
from demo.attacks.objectives import FUSIONS
from demo.attacks.transforms import TRANSFORMS

IDEAS = {
    "gradient": "One gradient",
    "weigh": "Weigh the jury",
    "vote": "Take a vote",
    "reduce": "Calm the disagreement",
    "ask": "Ask only",
}
"""What recipes are grouped by: the idea that they share, in the order of the menu."""

Lengths = Callable[[float | Tensor, int], float | Tensor]
Passes = Callable[[int, int, Mapping[str, Any]], int]
"""From M surrogates, steps and the knobs' values to forward or backward passes through one surrogate."""


@dataclass(frozen=True)
class Recipe:
    """One attack: its words, its knobs, and how it is put together.

    build: from the knobs' values, `transforms` and `random_start` aside, to an `Attack`. default_step: from
    epsilon and steps to the step size that the paper uses. steps: the number of iterations where the attack fixes
    it. passes: how many passes through one surrogate a run takes at most, views of the transforms aside, to tell
    how long it will be. members: how many surrogates it needs at least. untargeted_because: why it has no targeted
    version, or None where it has one. chart: what its frames' `details` hold to draw it by, or "" where weights and
    losses say it.
    """

    name: str
    title: str
    idea: str
    sentence: str
    paper: str
    link: str
    build: Callable[..., Attack]
    knobs: tuple[Knob, ...] = ()
    default_step: Lengths = lambda epsilon, steps: epsilon / steps
    steps: int | None = None
    passes: Passes = lambda members, steps, knobs: members * (steps + 1)
    members: int = 1
    untargeted_because: str | None = None
    chart: str = ""

    def assemble(self, values: Mapping[str, Any]) -> Attack:
        """The attack with every knob set to its (checked) value."""
        own = dict(values)
        transforms = tuple(TRANSFORMS[name] for name in own.pop("transforms", ()))
        random_start = own.pop("random_start", False)
        return replace(self.build(**own), transforms=transforms, random_start=random_start)


def quarter(epsilon: float | Tensor, steps: int) -> float | Tensor:
    """PGD's step, epsilon/4."""
    return epsilon / 4


VIEWS = Choices("transforms", (), tuple(TRANSFORMS), "Input transformations", "What the surrogates are shown.")
FUSION = Choice("fusion", "logits", tuple(FUSIONS), "Fusion", "What is averaged over the surrogates.")
MOMENTUM = Number("momentum", 1.0, 0, 2, "Momentum μ", "How much of the way so far each step keeps.")
RANDOM_START = Flag("random_start", True, "Random start", "Begin at a random point of the ball.")
INNER_STEPS = Number(
    "inner_steps", None, 0, 1000, "Inner steps M", "None: four for every surrogate.", whole=True, none=True
)
INNER_STEP_SIZE = Number("inner_step_size", None, 0, 1, "Inner step β", "None: as long as the outer step.", none=True)
