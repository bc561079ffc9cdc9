"""Several attacks on one picture at equal cost: the same number of member gradients for each. Knows no page."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

import torch

from demo.attacks import RECIPES, iterate
from demo.run import before, session
from demo.run.events import Finished, Prepared, Progress, Unknown
from demo.run.jury import Jury, arrived, attacked
from demo.run.picture import to_tensor
from demo.run.plan import Plan
from demo.run.record import record
from demo.run.request import MOST_ITERATIONS, Request

FEWEST, MOST = 2, 4
LARGEST_BUDGET = 2000


@dataclass(frozen=True)
class Contestant:
    """One attack's run: what was asked, and its events."""

    plan: Plan
    prepared: Prepared
    finished: Finished

    @property
    def title(self) -> str:
        return self.plan.recipe.title

    def held_out(self) -> list[str]:
        return [juror.name for juror in self.prepared.look.jurors if juror.group == "held-out"]

    def attacked(self) -> list[str]:
        return [juror.name for juror in self.prepared.look.jurors if juror.group == "surrogate"]

    def curve(self) -> list[tuple[float, float]]:
        """(member gradients spent, mean confidence in the goal of the held-out networks), frame by frame.

        Where nobody is held out, that of the attacked ones.
        """
        names = self.held_out() or self.attacked()
        # A frame's cost includes the gradients taken at its picture; what the picture itself took is the one before's.
        spent = [0, *(frame.gradients for frame in self.finished.history[:-1])]
        beliefs = [fmean(frame.confidence[name] for name in names) for frame in self.finished.history]
        return list(zip(map(float, spent), beliefs, strict=True))

    def area(self, end: float) -> float:
        """The curve's mean height from 0 to `end` gradients, by trapezoids; its last value goes on to the end."""
        points = self.curve()
        points.append((end, points[-1][1]))
        return sum((right - left) * (low + high) / 2 for (left, low), (right, high) in pairwise(points)) / end


def ending(done: Sequence[Contestant]) -> float:
    """The gradients at which the longest curve ends."""
    return max(contestant.curve()[-1][0] for contestant in done)


def best(done: Sequence[Contestant]) -> Contestant:
    """Whose curve lies lowest on the whole (for a target highest): by the area under it, all over equally many
    gradients."""
    choose = max if done[0].plan.target else min
    return choose(done, key=lambda contestant: contestant.area(ending(done)))


def report(done: Sequence[Contestant]) -> dict[str, Any]:
    """The comparison as plain data: every run's record by attack, and the areas that decide."""
    return {
        "best": best(done).plan.attack,
        "rule": "least area under the mean confidence of the held-out networks (for a target: greatest)",
        "gradients": ending(done),
        "areas": {contestant.plan.attack: contestant.area(ending(done)) for contestant in done},
        "runs": {contestant.plan.attack: record(contestant.plan, contestant.finished) for contestant in done},
    }


Told = Progress | Contestant | Unknown
"""What a comparison tells of."""


def comparable() -> list[str]:
    """The attacks that spend gradients, and so can be compared by them; those that only ask spend queries."""
    return [name for name, recipe in RECIPES.items() if recipe.idea != "ask"]


def plans(request: Request, attacks: Sequence[str], budget: int) -> list[Plan]:
    """The contestants' plans, of one iteration each, on one picture and one jury.

    The request's own attack, iterations and knobs are left aside: every attack has its defaults.

    Raises:
        ValueError: fewer than 2 or more than 4 attacks, one named twice or without gradients, a budget out of range,
            or what `Request.plan` refuses.
    """
    known = comparable()
    if not isinstance(attacks, Sequence) or isinstance(attacks, str) or not FEWEST <= len(attacks) <= MOST:
        raise ValueError(f"Choose {FEWEST} to {MOST} attacks to compare.")
    if len(set(attacks)) < len(attacks):
        raise ValueError("An attack is named twice: choose each once.")
    for attack in attacks:
        if attack not in known:
            raise ValueError(f"{str(attack)[:60]!r} cannot be compared by gradients: use some of {', '.join(known)}.")
    if isinstance(budget, bool) or not isinstance(budget, int) or not 1 <= budget <= LARGEST_BUDGET:
        raise ValueError(f"The budget is {budget!r}: use a whole number of gradients from 1 to {LARGEST_BUDGET}.")
    first, *others = (dataclasses.replace(request, attack=attack, iterations=1, knobs={}) for attack in attacks)
    leader = first.plan()
    return [leader, *(other.plan(beside=leader) for other in others)]


def compare(contestants: Sequence[Plan], budget: int) -> Iterator[Told]:
    """Each attack's run, frame by frame and then as a Contestant, in turn; Unknown ends it.

    Each has as many iterations as `budget` gradients allow.

    Where that would be more than MOST_ITERATIONS for one of them, the budget is lowered for all, so that nobody may
    spend more than another; attacks of a fixed number of steps take that. Where it would not pay one iteration of the
    dearest, it is raised for all. contestants: from `plans`.
    """
    jury = arrived(contestants[0].roster, contestants[0].device)
    prices = [_price(plan, jury) for plan in contestants]
    free = [price for price, plan in zip(prices, contestants, strict=True) if plan.recipe.steps is None]
    shared = max(min([budget, *(MOST_ITERATIONS * price for price in free)]), *prices)
    prepared = before.prepare(contestants[0], jury)
    for plan, price in zip(contestants, prices, strict=True):
        if isinstance(prepared, Unknown):
            yield prepared
            return
        fair = dataclasses.replace(plan, iterations=shared // price)
        for event in session.attack(fair, jury, prepared, time.perf_counter()):
            yield Contestant(fair, prepared, event) if isinstance(event, Finished) else event


def _price(plan: Plan, jury: Jury) -> int:
    """The gradients that one iteration of this attack takes on these surrogates."""
    picture = to_tensor(plan.original, plan.device)
    surrogates = attacked(jury, plan.seed)
    label = surrogates[0](picture).argmax(-1) if plan.target is None else torch.zeros(1, dtype=torch.int64)
    *_, last = iterate(
        plan.attack, surrogates, picture, label.to(picture.device), epsilon=plan.epsilon / 255, steps=1, **plan.knobs
    )
    return max(last.cost, 1)
