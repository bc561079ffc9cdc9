"""Several attacks on one picture at equal cost: the same number of member gradients for each. Knows no page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import torch

from demo import jury
from demo.attacks import RECIPES, iterate
from demo.events import Finished, Prepared
from demo.picture import read, to_tensor
from demo.request import LONGEST, Request, check
from demo.session import run

FEWEST, MOST = 2, 4
LARGEST_BUDGET = 2000


@dataclass(frozen=True)
class Contestant:
    """One attack's run. prepared, finished: its events; finished is None where the jury did not know the picture."""

    request: Request
    prepared: Prepared
    finished: Finished | None

    @property
    def title(self) -> str:
        return RECIPES[self.request.attack].title

    def held_out(self) -> list[str]:
        return [juror.name for juror in self.prepared.jurors if juror.group == "held-out"]

    def curve(self) -> list[tuple[float, float]]:
        """(member gradients spent, mean confidence of the held-out networks in the goal), frame by frame."""
        names = self.held_out()
        if self.finished is None or not names:
            return []
        # A frame's cost includes the gradients taken at its picture; what the picture itself took is the one before's.
        spent = [0, *(frame.cost for frame in self.finished.history[:-1])]
        beliefs = [fmean(frame.confidence[name] for name in names) for frame in self.finished.history]
        return list(zip(map(float, spent), beliefs, strict=True))

    def merit(self) -> tuple[int, float]:
        """Fooled jurors that the attack never saw, then how little the held-out networks still believe."""
        if self.finished is None:
            return (-1, 0.0)
        unseen = [f for f in self.finished.findings if f.juror.group != "surrogate"]
        belief = fmean([f.after.belief for f in unseen] or [0.0])
        toward = belief if self.request.target else -belief
        return sum(f.status == "fooled" for f in unseen), toward


def comparable() -> list[str]:
    """The attacks that spend gradients, and so can be compared by them; those that only ask spend queries."""
    return [name for name, recipe in RECIPES.items() if recipe.idea != "ask"]


def compare(request: Request, attacks: Sequence[str], budget: int) -> Iterator[Contestant]:
    """Each attack's run on the request's picture, in turn, with as many iterations as `budget` gradients allow.

    Where that would be more than LONGEST iterations for one of them, the budget is lowered for all, so that nobody
    may spend more than another; attacks of a fixed number of steps take that. Where it would not pay one iteration of
    the dearest, it is raised for all. The request's own attack, iterations
    and knobs are left aside: every attack has its defaults. ValueError, at the call, for fewer than 2 or more than 4
    attacks, one named twice or without gradients, or a budget out of range.
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
    requests = [dataclasses.replace(request, attack=attack, iterations=1, knobs={}) for attack in attacks]
    for one in requests:
        check(one)
    return _contests(requests, budget)


def _contests(requests: Sequence[Request], budget: int) -> Iterator[Contestant]:
    prices = [_price(request) for request in requests]
    free = [price for price, one in zip(prices, requests, strict=True) if RECIPES[one.attack].steps is None]
    shared = max(min([budget, *(LONGEST * price for price in free)]), *prices)
    for request, price in zip(requests, prices, strict=True):
        yield _contest(dataclasses.replace(request, iterations=shared // price))


def _contest(fair: Request) -> Contestant:
    prepared, finished = None, None
    for event in run(fair):
        if isinstance(event, Prepared):
            prepared = event
        elif isinstance(event, Finished):
            finished = event
    if prepared is None:
        raise RuntimeError("The run ended before it began.")
    return Contestant(fair, prepared, finished)


def _price(request: Request) -> int:
    """The gradients that one iteration of this attack takes on these surrogates."""
    recipe, knobs = check(request)
    picture = to_tensor(read(request.picture, request.canvas, request.framing), request.device)
    only = dataclasses.replace(request, held_out=(), guards={})
    surrogates = [jury.attackable(classifier, request.seed) for _, classifier in jury.summon(only)]
    label = surrogates[0](picture).argmax(-1) if request.target is None else torch.zeros(1, dtype=torch.int64)
    *_, last = iterate(
        recipe.name, surrogates, picture, label.to(picture.device), epsilon=request.epsilon / 255, steps=1, **knobs
    )
    return max(last.cost, 1)
