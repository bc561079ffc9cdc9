"""SVRE: stochastic variance reduced ensemble attack (Xiong et al. 2022, Algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from demo.attacks.attack import Measure, Reading
from demo.attacks.objectives import FUSIONS
from demo.attacks.probe import Probe
from demo.attacks.steps import unit_mean
from demo.attacks.task import Task
from demo.attacks.weights import uniform

ROUNDS = 4  # inner steps for every surrogate, as the paper chooses


def inner_steps(wished: int | None, members: int) -> int:
    """How many inner steps one iteration takes."""
    return ROUNDS * members if wished is None else wished


@dataclass(frozen=True)
class Svre:
    """The way an inner loop found: g̃ = ∇J_k(x̃) - (∇J_k(x_t) - g), one surrogate k drawn at each inner step.

    g is the fused gradient at x_t. G = inner_momentum · G + g̃ / mean|g̃|, x̃ = Π(x̃ + inner_step_size · sign G),
    and the last G is the direction. inner_momentum 0 is the algorithm as printed, whose direction is the last g̃
    alone; the authors' code accumulates for every base, and without that the attack falls behind its own base on
    small networks, so accumulating is the default. inner_steps None is 4 for every surrogate, 0 leaves g, the
    plain ensemble. inner_step_size None is the outer step size. One draw of k serves the whole batch.

    ∇J_k(x_t) is computed once for each k that will be drawn, out of the forward pass that gives g. The first inner
    step stands at x_t, where ∇J_k(x̃) is that very gradient and g̃ is g: it is asked anew only of surrogates that
    answer by lot.
    details: `drawn`, `(inner steps,)` indices of surrogates; `variance_before` and `variance_after`, `(N,)`, of
    ∇J_k(x̃) and of g̃ over the inner steps, averaged over colour values.
    """

    fusion: str = "logits"
    inner_steps: int | None = None
    inner_step_size: float | None = None
    inner_momentum: float = 1.0

    def begin(self, probe: Probe, task: Task) -> Measure:
        length = task.step_size if self.inner_step_size is None else self.inner_step_size
        count = inner_steps(self.inner_steps, len(probe))

        def measure(pictures: Tensor, step: int) -> Reading:
            drawn = torch.randint(len(probe), (count,), generator=probe.generator, device="cpu").tolist()
            gradient, anchors, logits = self._anchors(probe, task, pictures, drawn)
            point, direction, corrected = pictures, gradient, gradient
            velocity = torch.zeros_like(gradient)
            before, after = _Spread(), _Spread()
            for place, k in enumerate(drawn):
                if place or probe.random:
                    raw, _ = probe.member(k, point)
                    corrected = raw - (anchors[k]() - gradient)
                    before.add(raw)
                direction = velocity = self.inner_momentum * velocity + unit_mean(corrected)
                point = task.project(point + length * velocity.sign())
                after.add(corrected)
            if not drawn:
                return Reading(direction, logits)
            if not probe.random:
                before.add(anchors[drawn[0]]())
            details = {"drawn": drawn, "variance_before": before.variance(), "variance_after": after.variance()}
            return Reading(direction, logits, details=details)

        return measure

    def _anchors(
        self, probe: Probe, task: Task, pictures: Tensor, drawn: Sequence[int]
    ) -> tuple[Tensor, Mapping[int, Callable[[], Tensor]], Tensor | None]:
        """g, what gives ∇J_k(x_t) for every k drawn, and the logits."""
        if self.fusion == "losses" and drawn:  # g is the mean of the members' own: nothing more to ask for
            own, logits = probe.members(pictures)
            return own.mean(0), {k: partial(own.__getitem__, k) for k in drawn}, logits

        def loss(logits: Tensor) -> Tensor:
            return FUSIONS[self.fusion](logits, uniform(logits, task, 0), task.cross_entropy)

        # The first is needed last.
        return probe.fused_and_members(pictures, loss, list(dict.fromkeys([*drawn[1:], *drawn[:1]])))


class _Spread:
    """Running variance (Welford 1962), so that no gradient is kept."""

    def __init__(self) -> None:
        self._count = 0
        self._mean: Tensor | float = 0.0
        self._squares: Tensor | float = 0.0

    def add(self, value: Tensor) -> None:
        self._count += 1
        away = value - self._mean
        self._mean = self._mean + away / self._count
        self._squares = self._squares + away * (value - self._mean)

    def variance(self) -> Tensor:
        """Over what was added, averaged over colour values: `(N,)`."""
        return (torch.as_tensor(self._squares) / self._count).mean(dim=(-3, -2, -1))
