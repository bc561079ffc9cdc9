"""What can be given to `defend`: every knob has limits and says them, and so does everything else."""

from __future__ import annotations

import math

import pytest
import torch
from standins import put
from torch import Tensor, nn

from models.defences import DEFENCES, Knob, Number, Numbers, defend

KNOBS = [(name, knob) for name, defence in DEFENCES.items() for knob in defence.knobs]


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize(("name", "knob"), KNOBS, ids=[f"{n}-{k.name}" for n, k in KNOBS])
def test_bad_values_are_refused_with_a_sentence(name, knob: Knob, network) -> None:
    wrong = [knob.low - 1, knob.high + 1, math.nan, math.inf, True, "3", [], {}]
    wrong += [[bad] for bad in wrong if isinstance(knob, Numbers)] or [
        None,
        knob.low + 0.5 if isinstance(knob, Number) and knob.whole else "x",
    ]
    for value in wrong:
        with pytest.raises(ValueError, match=f"{knob.name} is .*: use .*{knob.low:g} to"):
            put(name, network, **{knob.name: value})


@pytest.mark.parametrize(("name", "knob"), KNOBS, ids=[f"{n}-{k.name}" for n, k in KNOBS])
def test_the_limits_themselves_work(name, knob: Knob, network, pixels) -> None:
    for value in (knob.low, min(knob.high, 20)):
        given = [value or 0.5, value or 0.5] if isinstance(knob, Numbers) else value
        assert put(name, network, **{knob.name: given})(pixels).isfinite().all()


@pytest.mark.parametrize("name", DEFENCES)
def test_unknown_parameters_are_refused(name, network) -> None:
    with pytest.raises(ValueError, match=f"{DEFENCES[name].title} has no parameter 'strength': it has"):
        put(name, network, strength=3)


def test_wrong_companies_are_refused(network) -> None:
    with pytest.raises(ValueError, match="Unknown defence 'jpg': use one of jpeg, "):
        defend("jpg", network)
    with pytest.raises(ValueError, match="list is empty"):
        defend("sem", [])
    with pytest.raises(ValueError, match="not of a list"):
        defend("jpeg", [network, network])
    with pytest.raises(ValueError, match="takes Classifiers"):
        defend("jpeg", nn.Identity())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="takes Classifiers"):
        defend("vote", [network, "tiny/regnet"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="weights has 2 numbers: give one for each of 1"):
        defend("sween", [network], weights=[1, 2])


def test_a_knobs_sentence_names_what_was_given_and_what_is_allowed() -> None:
    whole = Number(name="bits", default=3, low=1, high=8, title="Bits", help="", whole=True)
    with pytest.raises(ValueError, match=r"^bits is 9: use a whole number from 1 to 8\.$"):
        whole.check(9)
    several = Numbers(name="sigmas", default=(0.0, 0.5), low=0, high=2, title="Levels", help="")
    with pytest.raises(ValueError, match=r"^sigmas is 'x': use a list of at least one number, from 0 to 2 each\.$"):
        several.check("x")
    with pytest.raises(ValueError, match=r"^sigmas is 3: use a number from 0 to 2\.$"):
        several.check([1, 3])
    assert several.check([1, 0]) == (1.0, 0.0)
