"""Every recipe goes from picture to verdict, and its charts show what the run computed."""

import json
import math
from dataclasses import replace

import pytest
from quick import FEW

from demo.attacks import RECIPES
from demo.attacks.recipes import IDEAS
from demo.figures import interactive, of_run, svg
from demo.figures.chart import Chart, Line
from demo.figures.explained import EXPLAINED
from demo.run.events import Finished, Prepared, Progress
from demo.run.record import record
from demo.run.request import Request
from demo.run.session import run


@pytest.mark.slow
@pytest.mark.parametrize("attack", RECIPES)
def test_every_recipe_runs_and_draws_its_charts(attack: str, lion: str) -> None:
    recipe = RECIPES[attack]
    assert recipe.idea in IDEAS
    assert recipe.chart in EXPLAINED or recipe.chart == "weights"
    small = {"queries": 40} if any(knob.name == "queries" for knob in recipe.knobs) else {}
    request = Request(lion, attack=attack, iterations=3, knobs=small, surrogates=SURROGATES, **FEW)
    prepared, *progress, finished = run(request.plan())
    assert isinstance(prepared, Prepared)
    assert isinstance(finished, Finished)
    assert finished.distances["linf"] <= request.epsilon
    json.dumps(record(request.plan(), finished), allow_nan=False)
    history = [frame for frame in progress if isinstance(frame, Progress)]
    charts = of_run.charts(history, prepared.look.jurors, "Lion", recipe)
    assert any(chart.title == "How sure each network is of “Lion”" for chart in charts)
    if recipe.chart == "weights":
        assert charts[0].lines[0].values == tuple(frame.weights[SURROGATES[0]] for frame in history)
    elif not (recipe.chart == "turn" and recipe.steps == 1):  # a single step has no earlier one
        assert charts[-1].title == EXPLAINED[recipe.chart].title
    for chart in charts:
        low, high = chart.range
        assert all(low <= value <= high for line in chart.lines for value in line.values)
        drawn = interactive.plot(chart)
        assert [list(trace.y) for trace in drawn.data] == [list(line.values) for line in chart.lines]
        assert svg.draw(chart).count("<polyline") == len(chart.lines)


SURROGATES = ("tiny/resnet", "tiny/densenet")


def test_what_is_infinite_is_null_in_the_record_and_left_out_of_the_chart(lion: str) -> None:
    request = Request(lion, attack="deepfool", iterations=2, surrogates=SURROGATES, **FEW)
    prepared, *progress, finished = run(request.plan())
    assert isinstance(prepared, Prepared)
    assert isinstance(finished, Finished)
    history = [frame for frame in progress if isinstance(frame, Progress)]
    history[0] = replace(history[0], details={"distance": [math.inf], "toward": [3]})
    kept = record(request.plan(), replace(finished, history=tuple(history)))
    assert kept["iterations"][0]["details"] == {"distance": [None], "toward": [3]}
    own = of_run.charts(history, prepared.look.jurors, "Lion", RECIPES["deepfool"])[-1]
    assert all(math.isfinite(value) for line in own.lines for value in line.values)


def test_names_are_escaped() -> None:
    line = Line("<b>", "#000000", "solid", (0.0, 1.0))
    assert "<b>" not in svg.draw(Chart("<i>", 1, (line,)))


@pytest.mark.slow
@pytest.mark.parametrize("knobs", [{"sweep": True}, {"targets": 2}], ids=str)
def test_moras_fresh_starts_are_on_the_charts(knobs: dict[str, object], lion: str) -> None:
    request = Request(lion, attack="mora", iterations=20, epsilon=1, knobs=knobs, surrogates=SURROGATES, **FEW)
    prepared, *progress, finished = run(request.plan())
    assert isinstance(prepared, Prepared)
    assert isinstance(finished, Finished)
    history = [frame for frame in progress if isinstance(frame, Progress)]
    for chart in of_run.charts(history, prepared.look.jurors, "Lion", RECIPES["mora"]):
        assert all(len(line.values) >= 20 for line in chart.lines), chart.title
