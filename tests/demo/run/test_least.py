"""The search for the least strength: it ends at one that is enough, beside one that is not, and runs there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image
from quick import FEW

from demo.run import least as searching
from demo.run.events import Finished, Least, Tried, Unknown
from demo.run.least import least
from demo.run.request import STRONGEST, Request


@pytest.fixture
def enough(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Attacks that succeed from a chosen strength on, in place of real ones."""
    wanted = {"epsilon": 1}

    def tried(plan: object, jury: object, prepared: object) -> Tried:
        return Tried(int(plan.epsilon), 3 if plan.epsilon >= wanted["epsilon"] else 2, 3)

    monkeypatch.setattr(searching, "_try", tried)
    return wanted


@pytest.mark.parametrize("strength", [1, 2, 3, 5, 40, 63, 64])
def test_finds_the_least_strength_that_is_enough(enough: dict[str, int], strength: int) -> None:
    enough["epsilon"] = strength
    found: list[int] = []

    def search() -> Iterator[Tried]:
        found.append((yield from searching._search(Request(pictures()).plan(), (), None)))

    told = list(search())
    assert found == [strength]
    assert len({tried.epsilon for tried in told}) == len(told), "nothing is tried twice"
    assert strength in {tried.epsilon for tried in told}
    assert strength == 1 or strength - 1 in {tried.epsilon for tried in told}


def test_says_when_nothing_is_enough(enough: dict[str, int]) -> None:
    enough["epsilon"] = STRONGEST + 1
    with pytest.raises(ValueError, match="Not even 64/255"):
        list(searching._search(Request(pictures()).plan(), (), None))


@pytest.mark.slow
def test_runs_at_what_it_found(lion: str) -> None:
    events = list(least(Request(lion, **FEW).plan()))
    tries = {event.epsilon: event.fell == event.asked for event in events if isinstance(event, Tried)}
    (found,) = (event.plan for event in events if isinstance(event, Least))
    assert tries[found.epsilon]
    assert found.epsilon == 1 or not tries[found.epsilon - 1]
    last = events[-1]
    assert isinstance(last, Finished)
    assert all(f.status == "fooled" for f in last.findings if f.juror.group == "surrogate")
    assert last.distances["linf"] <= found.epsilon
    assert found.settings["epsilon"] == found.epsilon


def test_a_picture_that_nobody_knows_is_not_searched(pictures_by_name: dict[str, str]) -> None:
    (only,) = least(Request(pictures_by_name["Cheetah"]).plan())
    assert isinstance(only, Unknown)


def pictures() -> object:
    return Image.new("RGB", (64, 64))
