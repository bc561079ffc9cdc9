"""Those who only look on: heard while the attack goes on, as often as anybody can follow, and in the end of everything.

An answer to several pictures at once costs less than as many answers to one: what was not asked on the way is asked
together. And the attack does not wait for them: what they say of an iterate is shown a moment later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from demo.run.jury import Jury, begun
from demo.run.plan import Plan
from demo.run.verdict import Opinion

PAUSE = 0.3
"""Seconds between two looks that are shown."""
TOGETHER = 16
"""Iterates that wait to be shown, at most."""


@dataclass(frozen=True)
class Heard:
    """belief: the probability of the goal. answer: the likeliest class, with its chance."""

    belief: float
    answer: str
    chance: float


Said = Mapping[str, Heard]
"""By jurors' names."""


class Onlookers:
    """The bare networks that are not attacked; guards and juries wait for the finished file.

    goal: the class under attack, or the target. before: what they say of the picture as it is.
    """

    def __init__(self, jury: Jury, plan: Plan, goal: int, before: Mapping[str, Opinion]) -> None:
        self._members = [one for one in jury if one.juror.group != "surrogate" and one.entry.bare]
        self._labels, self._goal = plan.labels, goal
        names = [member.juror.name for member in self._members]
        self._last: Said = {name: Heard(before[name].belief, *before[name].top[0]) for name in names}
        self._waiting: dict[int, Tensor] = {}
        self._under_way: tuple[list[int], Callable[[], list[Tensor]]] | None = None
        self._heard: dict[int, Said] = {}
        self._when = 0.0

    def look(self, step: int, picture: Tensor) -> Said:
        """Shows them an iterate `(1,3,H,W)`, now or later, and gives what they have said last."""
        self._waiting[step] = picture
        now = time.monotonic()
        if now - self._when >= PAUSE:
            self._gather()
            self._ask([step])
            self._when = now
        elif len(self._waiting) == TOGETHER:
            self._gather()
            self._ask(list(self._waiting))
        return self._last

    def all(self) -> Mapping[int, Said]:
        """By iteration what they say of each iterate that they were shown."""
        self._gather()
        if self._waiting:
            self._ask(list(self._waiting))
            self._gather()
        return self._heard

    def _ask(self, steps: list[int]) -> None:
        pictures = torch.cat([self._waiting.pop(step) for step in steps])
        with torch.no_grad():
            answers = begun(self._members, pictures, lambda k: self._members[k].classifier(pictures).softmax(-1))
        self._under_way = steps, answers

    def _gather(self) -> None:
        if self._under_way is None:
            return
        (steps, answers), self._under_way = self._under_way, None
        found = [chances.cpu() for chances in answers()]
        for place, step in enumerate(steps):
            said = zip(self._members, found, strict=True)
            self._heard[step] = {member.juror.name: self._told(chances[place]) for member, chances in said}
        self._last = self._heard[max(steps)]

    def _told(self, chances: Tensor) -> Heard:
        return Heard(float(chances[self._goal]), self._labels[int(chances.argmax())], float(chances.max()))
