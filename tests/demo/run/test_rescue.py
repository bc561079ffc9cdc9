"""A full GPU costs a sentence and some time, not the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from demo.run.events import Elsewhere
from demo.run.plan import Plan
from demo.run.request import Request
from demo.run.rescue import rescued


def full_on(device: str, tried: list[str]) -> Any:
    def run(plan: Plan) -> Iterator[str]:
        tried.append(plan.device)
        yield f"begun on {plan.device}"
        if plan.device == device:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        yield "done"

    return run


def test_the_run_goes_on_on_the_cpu(lion: str) -> None:
    tried: list[str] = []
    plan = dataclasses.replace(Request(lion).plan(), device="cuda")
    told = list(rescued(full_on("cuda", tried), plan))
    assert told == ["begun on cuda", Elsewhere("cpu"), "begun on cpu", "done"]
    assert tried == ["cuda", "cpu"]


def test_it_is_tried_once_and_not_where_there_is_nowhere_to_go(lion: str) -> None:
    tried: list[str] = []
    with pytest.raises(torch.OutOfMemoryError):
        list(rescued(full_on("cpu", tried), Request(lion).plan()))
    assert tried == ["cpu"]


def test_a_run_that_fits_is_left_alone(lion: str) -> None:
    assert list(rescued(full_on("cuda", []), Request(lion).plan())) == ["begun on cpu", "done"]
