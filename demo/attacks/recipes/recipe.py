"""What a row of the table of attacks is, and the knobs that many rows share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from demo.attacks.attack import Attack
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
Forwards = Callable[[int, int, Mapping[str, Any]], int]
"""From M surrogates, steps and the knobs' values to passes through one surrogate."""


@dataclass(frozen=True)
class Recipe:
    """One attack: its words, its knobs, and how it is put together.

    build: from the knobs' values, `transforms` and `random_start` aside, to an `Attack`. default_step: from
    epsilon and steps to the step size that the paper uses. steps: the number of iterations where the attack fixes
    it. forwards: how many passes through one surrogate, there or back, a run takes at most, views of the transforms
    aside (see `longest`). members: how many surrogates it needs at least. untargeted_because: why it has no targeted
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
    forwards: Forwards = lambda members, steps, knobs: members * (steps + 1)
    members: int = 1
    untargeted_because: str | None = None
    chart: str = ""

    def assemble(self, values: Mapping[str, Any]) -> Attack:
        """The attack with every knob set to its (checked) value."""
        own = dict(values)
        transforms = tuple(TRANSFORMS[name] for name in own.pop("transforms", ()))
        random_start = own.pop("random_start", False)
        return replace(self.build(**own), transforms=transforms, random_start=random_start)

    def longest(self, members: int, steps: int, knobs: Mapping[str, Any]) -> int:
        """How many passes through one surrogate a run takes at most, to tell how long it will be."""
        views = math.prod(TRANSFORMS[name].views for name in knobs.get("transforms", ()))
        return views * self.forwards(members, steps, knobs)


def quarter(epsilon: float | Tensor, steps: int) -> float | Tensor:
    """PGD's step, epsilon/4."""
    return epsilon / 4


VIEWS = Choices(
    name="transforms",
    default=(),
    options=tuple(TRANSFORMS),
    titles=tuple(transform.title for transform in TRANSFORMS.values()),
    title="Input transformations",
    help="Shows the surrogates changed copies, so that the picture depends less on them alone.",
)
FUSION = Choice(
    name="fusion",
    default="logits",
    options=tuple(FUSIONS),
    title="Fusion",
    help="What is averaged over the surrogates.",
)
MOMENTUM = Number(
    name="momentum",
    default=1.0,
    low=0,
    high=2,
    title="Momentum μ",
    help="How much of the earlier direction each step keeps.",
)
RANDOM_START = Flag(
    name="random_start", default=True, title="Random start", help="Begin at a random point of the ball."
)
INNER_STEPS = Number(
    name="inner_steps",
    default=None,
    low=0,
    high=1000,
    title="Inner steps M",
    help="Unless given, four for every surrogate.",
    whole=True,
    none=True,
)
INNER_STEP_SIZE = Number(
    name="inner_step_size",
    default=None,
    low=0,
    high=1,
    title="Inner step β",
    help="Unless given, as long as the outer step.",
    none=True,
)
