"""Equal cost means equal cost, and the better attack is the one that convinces those it never saw."""

import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from quick import FEW

from demo.attacks import RECIPES
from demo.run import comparison
from demo.run.comparison import Contestant, comparable, compare, plans
from demo.run.request import Request


def contest(request: Request, attacks: Sequence[str], budget: int) -> Iterator[Contestant]:
    for told in compare(plans(request, attacks, budget), budget):
        if isinstance(told, Contestant):
            yield told


@pytest.mark.slow
def test_nobody_spends_more_than_the_budget_and_nobody_could_afford_another_iteration(lion: str) -> None:
    for contestant in contest(Request(lion, **FEW), ["mi-fgsm", "svre"], budget=40):
        last = contestant.finished.history[-1]
        assert last.gradients <= 40
        assert last.gradients + last.gradients / last.step > 40
        curve = contestant.curve()
        assert curve[0][0] == 0
        assert curve[-1][1] < curve[0][1], "held-out networks lose confidence"


def test_the_longest_run_bounds_what_everybody_may_spend(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_ITERATIONS", 3)
    request = Request(lion, surrogates=("tiny/resnet", "tiny/densenet"), **FEW)
    first, second, third = contest(request, ["mi-fgsm", "cwa", "fgsm"], budget=600)
    assert [one.finished.history[-1].gradients for one in (first, second, third)] == [6, 4, 2]


def test_everybody_may_spend_what_one_iteration_of_the_dearest_takes(lion: str) -> None:
    request = Request(lion, surrogates=("tiny/resnet", "tiny/densenet"), **FEW)
    first, second, third = contest(request, ["mi-fgsm", "svre", "fgsm"], budget=10)
    assert [one.finished.history[-1].gradients for one in (first, second, third)] == [10, 11, 2], "two each time"


def test_those_who_only_ask_have_no_gradients_to_compare() -> None:
    assert set(RECIPES) - set(comparable()) == {name for name, recipe in RECIPES.items() if recipe.idea == "ask"}


@pytest.mark.parametrize(
    ("attacks", "budget", "sentence"),
    [
        ([], 40, "2 to 4"),
        (["pgd"], 40, "2 to 4"),
        (["pgd"] * 2, 40, "twice"),
        (["pgd", "magic"], 40, "cannot be compared"),
        (["pgd", "nes"], 40, "cannot be compared"),
        ("pgd", 40, "2 to 4"),
        (["pgd", "fgsm"], 0, "budget"),
        (["pgd", "fgsm"], 10.5, "budget"),
        (["pgd", "fgsm"], 10**9, "budget"),
    ],
)
def test_bad_comparisons_get_a_sentence(lion: str, attacks: Any, budget: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        plans(Request(lion), attacks, budget)


class Known(Contestant):
    """A contestant whose curve was chosen."""

    def __init__(self, curve: list[tuple[float, float]]) -> None:
        object.__setattr__(self, "_curve", curve)
        object.__setattr__(self, "plan", SimpleNamespace(target=None))

    def curve(self) -> list[tuple[float, float]]:
        return list(self._curve)


def test_the_best_has_the_least_area_over_what_the_longest_spends() -> None:
    early, late = Known([(0, 1.0), (2, 0.2)]), Known([(0, 1.0), (5, 0.9), (10, 0.0)])
    assert comparison.ending([early, late]) == 10
    assert early.area(10) == pytest.approx((2 * 0.6 + 8 * 0.2) / 10)
    assert late.area(10) == pytest.approx((5 * 0.95 + 5 * 0.45) / 10)
    assert comparison.best([late, early]) is early


def test_the_report_holds_every_run(lion: str) -> None:
    done = list(contest(Request(lion, **FEW), ["fgsm", "mi-fgsm"], budget=12))
    told = json.loads(json.dumps(comparison.report(done)))
    assert set(told["runs"]) == {"fgsm", "mi-fgsm"}
    assert told["best"] == min(told["areas"], key=told["areas"].get)
    assert told["runs"]["mi-fgsm"]["settings"]["attack"] == "mi-fgsm"
