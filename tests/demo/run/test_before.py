"""What was said of a picture is not asked twice, whoever asks for it, and others by the same name are asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from quick import FEW

from demo.run import before
from demo.run.before import prepare
from demo.run.jury import Member, arrived
from demo.run.plan import Plan
from demo.run.request import Request
from demo.run.verdict import judged

GUARDS: dict[str, Any] = {"jpeg": {}, "random-resize-pad": {}}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whoever is asked from now on."""
    known: list[Any] = []

    def counted(classifier: Any, *rest: Any) -> Any:
        known.append(classifier)
        return judged(classifier, *rest)

    monkeypatch.setattr("demo.run.before.verdict.judged", counted)
    monkeypatch.setattr(before, "_known", type(before._known)())
    return known


def plan(picture: str, **wishes: Any) -> Plan:
    return Request(picture, ("tiny/resnet", "tiny/densenet"), **{**FEW, **wishes}).plan()


def test_the_attack_asks_nobody_whom_the_first_look_has_asked(lion: str, asked: list[Any]) -> None:
    first = prepare(plan(lion), arrived(plan(lion).roster, "cpu"))
    assert len(asked) == 3
    later = plan(lion, guards=GUARDS, draws=5, epsilon=3, seed=9)
    again = prepare(later, arrived(later.roster, "cpu"))
    assert len(asked) == 4, "the guard that answers for certain; the other waits for the end"
    for name, opinion in first.look.before.items():
        assert again.look.before[name] == opinion
    assert again.look.original is later.original


def test_who_answers_by_lot_is_asked_anew_for_other_looks(lion: str, asked: list[Any]) -> None:
    for wish, count in (({"draws": 5}, 1), ({"draws": 5}, 1), ({"draws": 6}, 2), ({"draws": 6, "seed": 1}, 3)):
        told = plan(lion, guards={"random-resize-pad": {}}, **wish)
        lots = [member for member in arrived(told.roster, "cpu") if member.juror.random]
        before.said_of_original(told, lots)
        assert len(asked) == count


def test_another_picture_or_another_network_of_that_name_is_asked(
    lion: str, pictures_by_name: dict[str, str], asked: list[Any]
) -> None:
    told = plan(lion)
    jury = arrived(told.roster, "cpu")
    prepare(told, jury)
    other = replace(told, original=plan(pictures_by_name["Orange"]).original)
    prepare(other, jury)
    assert len(asked) == 6
    stranger = Member(jury[0].entry, jury[1].classifier)
    prepare(told, [stranger, *jury[1:]])
    assert len(asked) == 7
    assert asked[-1] is jury[1].classifier


def test_only_so_many_answers_are_kept(lion: str, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(before, "KNOWN", 2)
    told = plan(lion)
    jury = arrived(told.roster, "cpu")
    for _ in range(2):
        prepare(told, jury)
    assert len(before._known) == 2
    assert len(asked) == 3 + 1, "who was forgotten is asked again"
