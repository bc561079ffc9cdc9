"""Whatever a form holds, it is a plan or a sentence: no other error, and no plan with numbers that are none."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.attacks import RECIPES
from demo.pages.api import SETTINGS
from demo.pages.running import said
from demo.run.picture import encode
from demo.run.plan import Plan
from demo.run.request import from_form
from models import names
from models.defences import DEFENCES

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part))
KNOBS = sorted({knob.name for recipe in RECIPES.values() for knob in recipe.knobs})
OWN = st.dictionaries(st.text(max_size=8), LEAVES, max_size=2)
NAMES = [*names(), "tiny/nobody", "tiny/resnet+jpeg", "tiny/resnet&tiny/xcit+sem:largest=2", "+", "&+sem:="]
NEARLY: dict[str, Any] = {
    "surrogates": st.lists(st.sampled_from(NAMES), max_size=4),
    "held_out": st.lists(st.sampled_from(NAMES), max_size=4),
    "attack": st.sampled_from(sorted(RECIPES)),
    "epsilon": st.floats(-1, 70) | st.integers(-1, 70),
    "iterations": st.integers(-1, 200),
    "seed": st.integers(-1, 2**33),
    "draws": st.integers(-1, 10_001),
    "side": st.integers(-1, 600),
    "place": st.floats(-1, 2),
    "framing": st.sampled_from(["crop", "fit", "Fit"]),
    "pack": st.sampled_from(["imagenet", "tiny", "trios", "Tiny"]),
    "guards": st.dictionaries(
        st.sampled_from(sorted(DEFENCES)), st.dictionaries(st.text(max_size=8), LEAVES), max_size=3
    ),
    "knobs": st.dictionaries(st.sampled_from(KNOBS), LEAVES, max_size=3),
}


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("any") / "grey.png"
    path.write_bytes(encode(np.full((64, 64, 3), 99, np.uint8)))
    return path


@pytest.mark.slow
@settings(max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(form=st.fixed_dictionaries({}, optional={name: NEARLY.get(name, ANYTHING) | ANYTHING for name in SETTINGS}))
def test_any_form_is_a_plan_or_a_sentence(grey: Path, form: dict[str, Any]) -> None:
    outcome = asked(str(grey), form)
    if isinstance(outcome, str):
        assert outcome.strip().endswith((".", ")")), outcome
        assert len(outcome) < 1000
    else:
        numbers = [outcome.epsilon, outcome.iterations, outcome.seed, outcome.draws, outcome.step_size or 1]
        assert all(math.isfinite(number) for number in numbers)
        assert 0 < outcome.epsilon <= 64
        assert 1 <= outcome.iterations <= 100


def asked(picture: str, form: dict[str, Any]) -> Plan | str:
    try:
        return from_form({"picture": picture, **form}, surrogates=form.get("surrogates") or (), device="cpu").plan()
    except ValueError as refusal:
        return said(refusal)
