"""No run goes on for ever: what would is refused with what to lower, what does ends with the picture that it has."""

from __future__ import annotations

import pytest

from demo.run import budget
from demo.run.events import Finished, Progress
from demo.run.record import record
from demo.run.request import Request
from demo.run.session import run


@pytest.mark.parametrize(
    ("attack", "knobs", "words"),
    [("nes", {"queries": 10_000_000}, "queries"), ("smer", {"rounds": 64}, "iterations, inner steps or networks")],
)
def test_what_would_take_too_long_is_refused_before_it_begins(
    lion: str, attack: str, knobs: dict[str, int], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_SECONDS", 1.0)
    plan = Request(lion, attack=attack, iterations=100, knobs=knobs, guards={}, held_out=[]).plan()
    with pytest.raises(ValueError, match=f"1 seconds is the limit: choose fewer {words}"):
        list(run(plan))


def test_the_clock_ends_a_run_with_the_picture_that_it_has(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "check", lambda *_: None)
    monkeypatch.setattr(budget, "MOST_SECONDS", 0.0)
    plan = Request(lion, iterations=50, guards={}, held_out=["tiny/regnet"]).plan()
    *_, progress, last = run(plan)
    assert isinstance(progress, Progress)
    assert progress.step < progress.steps
    assert isinstance(last, Finished)
    assert last.early
    assert record(plan, last)["early"]


def test_a_run_in_time_is_not_called_early(lion: str) -> None:
    *_, last = run(Request(lion, iterations=2, guards={}, held_out=[]).plan())
    assert isinstance(last, Finished)
    assert not last.early
