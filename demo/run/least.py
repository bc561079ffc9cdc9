"""How little is enough: the least whole strength at which every attacked network falls, and the run at it.

A picture is a file of whole levels, so strengths are whole too. An attack is no monotone function of its strength: the
one that is found fooled, and the one below it did not; that is all that is claimed.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator, Iterator

from demo.run import before, budget, session
from demo.run.events import Event, Least, Prepared, Tried
from demo.run.jury import Jury, answered, arriving
from demo.run.picture import to_pixels, to_tensor, within
from demo.run.plan import Plan
from demo.run.request import STRONGEST
from demo.run.verdict import UNCOUNTED

TRIES = 14
"""A search tries at most so many strengths."""


def least(plan: Plan) -> Iterator[Event | Tried | Least]:
    """The search, a Tried for every strength; then Least, and the whole run at it, as `session.run` tells it.

    Raises:
        ValueError: no attacked network was right before, or not even the largest strength makes all of them fall.
    """
    jury = yield from arriving(plan.roster, plan.device)
    prepared = before.prepare(plan, jury)
    if not isinstance(prepared, Prepared):
        yield prepared
        return
    budget.check(plan, jury, TRIES)
    enough = yield from _search(plan, jury, prepared)
    found = with_strength(plan, enough)
    yield Least(found)
    yield prepared
    yield from session.attack(found, jury, prepared, time.perf_counter())


def with_strength(plan: Plan, epsilon: int) -> Plan:
    """The same run at another strength, in levels of 255."""
    return dataclasses.replace(plan, epsilon=epsilon, settings={**plan.settings, "epsilon": epsilon})


def _search(plan: Plan, jury: Jury, prepared: Prepared) -> Generator[Tried, None, int]:
    """Doubles the strength until it is enough, then halves the interval."""
    low, high = 0, 0
    while not high or high - low > 1:
        epsilon = (low + high) // 2 if high else min(max(1, 2 * low), STRONGEST)
        tried = _try(with_strength(plan, epsilon), jury, prepared)
        yield tried
        if tried.fell == tried.asked:
            high = epsilon
        elif epsilon == STRONGEST:
            raise ValueError(
                f"Not even {STRONGEST}/255 makes every attacked network fall: allow more iterations, or choose another "
                "attack."
            )
        else:
            low = epsilon
    return high


def _try(plan: Plan, jury: Jury, prepared: Prepared) -> Tried:
    """One strength, judged by the attacked networks on the picture in 8 bits."""
    *_, last = session.frames(plan, jury, plan.labels.index(prepared.goal))
    picture = to_tensor(within(to_pixels(last.adversarial), plan.original, plan.epsilon), plan.device)
    attacked = [member for member in jury if member.juror.group == "surrogate"]
    marks = [answered(member, picture, plan, prepared)[1] for member in attacked]
    counted = [mark for mark in marks if mark not in UNCOUNTED]
    if not counted:
        raise ValueError("No attacked network was right about this picture, so there is nothing to find.")
    return Tried(int(plan.epsilon), counted.count("fooled"), len(counted))
