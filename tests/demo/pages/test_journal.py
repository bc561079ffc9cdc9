"""A line a run, whatever becomes of it, and nothing about anybody in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from demo.pages.journal import journaled
from demo.run.request import Request
from demo.run.session import run


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.message) for record in caplog.records if record.name == "quorum.runs"]


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="quorum.runs")


def test_a_finished_run_and_one_that_was_left(lion: str, caplog: pytest.LogCaptureFixture) -> None:
    plan = Request(lion, iterations=2, guards={}, held_out=[]).plan()
    list(journaled("run", plan, run(plan)))
    left = journaled("program", plan, run(plan))
    next(left)
    left.close()  # type: ignore[attr-defined]
    finished, gone = lines(caplog)
    assert (finished["kind"], finished["outcome"]) == ("run", "finished")
    assert finished["seconds"] > 0
    assert (gone["kind"], gone["outcome"]) == ("program", "left")
    assert lion not in caplog.text
    assert set(finished) == {
        *("kind", "outcome", "seconds", "device", "attack", "pack", "surrogates", "steps", "epsilon")
    }


def test_what_ends_without_a_verdict_has_finished_all_the_same(lion: str, caplog: pytest.LogCaptureFixture) -> None:
    plan = Request(lion).plan()
    list(journaled("comparison", plan, iter([1, 2])))
    left = journaled("view", plan, iter([1, 2]))
    assert [next(left), next(left)] == [1, 2]
    left.close()  # type: ignore[attr-defined]
    assert [line["outcome"] for line in lines(caplog)] == ["finished", "left"]


@pytest.mark.parametrize(("problem", "outcome"), [(gr.Error("No."), "refused"), (KeyError("?"), "defect")])
def test_what_went_wrong(lion: str, problem: Exception, outcome: str, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Iterator[Any]:
        yield from ()
        raise problem

    with pytest.raises(type(problem)):
        list(journaled("run", Request(lion).plan(), broken()))
    assert [line["outcome"] for line in lines(caplog)] == [outcome]
