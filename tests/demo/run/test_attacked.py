"""Defences under attack: their names, who watches then, and that a whole run and all that follows works with each."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
import torch

import models
from demo.pages import report
from demo.pages.replay import preview
from demo.pages.views import DRAWINGS
from demo.run import reading
from demo.run.alike import alike
from demo.run.attacked import Attacked, attacked, composed, taken_apart
from demo.run.events import Finished, Prepared
from demo.run.jury import arrived
from demo.run.kept import Kept
from demo.run.least import least
from demo.run.link import opening, query, wanted
from demo.run.rebuilding import kept
from demo.run.request import Request
from demo.run.saved import saved
from demo.run.session import run
from demo.run.views import VIEWS
from models.defences import DEFENCES, defend

TWO = ("tiny/resnet", "tiny/densenet")


def of(defence: str) -> list[str]:
    """Two networks behind that defence, or as one by it."""
    return composed(list(TWO), defence, {}, False)


def end(request: Request) -> tuple[Kept, Prepared, Finished]:
    plan = request.plan()
    events = list(run(plan))
    prepared, finished = next(event for event in events if isinstance(event, Prepared)), events[-1]
    assert isinstance(finished, Finished)
    return Kept(plan, prepared, finished), prepared, finished


@pytest.mark.parametrize("defence", DEFENCES)
@pytest.mark.parametrize("bare", [False, True])
def test_a_form_gives_names_and_names_a_form(defence: str, bare: bool) -> None:
    row = DEFENCES[defence]
    given = {knob.name: knob.high for knob in row.offered}
    names = composed(list(TWO), defence, given, bare)
    assert len(names) == (1 if row.several else 2) + 2 * bare
    assert [attacked(name).name for name in names] == names
    assert taken_apart(names) == ([*TWO], defence, given, bare)
    assert attacked(names[-1]).parameters == given


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("tiny/resnet", "tiny/resnet"),
        ("tiny/resnet+quantise-weights:bits=5", "tiny/resnet+quantise-weights"),
        ("tiny/resnet+quantise-weights:bits=4.0", "tiny/resnet+quantise-weights:bits=4"),
        ("a&b+sem:largest=2:sigmas=0.0 0.10", "a&b+sem:sigmas=0 0.1:largest=2"),
        ("a&b+sween:weights=none", "a&b+sween"),
    ],
)
def test_what_is_the_same_has_one_name(name: str, canonical: str) -> None:
    assert attacked(name).name == canonical


def test_a_form_holds_what_a_link_says_too_fully() -> None:
    assert taken_apart(["tiny/resnet+jpeg:quality=75.0"]) == (["tiny/resnet"], "jpeg", {"quality": 75}, False)


def test_what_no_form_could_hold_passes_through_it() -> None:
    for names in (
        ["tiny/resnet+quantise-weights:bits=2", "tiny/resnet+quantise-weights:bits=4"],
        ["tiny/resnet&tiny/densenet+sem:sigmas=0 0.5"],
        ["tiny/regnet", "tiny/resnet+jpeg"],
    ):
        assert composed(*taken_apart(names)) == names


BAD = [
    ("tiny/resnet+moat", "Unknown defence"),
    ("tiny/nobody+jpeg", "Unknown network"),
    ("tiny/resnet&tiny/resnet+softmax", "twice"),
    ("tiny/resnet&tiny/densenet", "needs to know how"),
    ("tiny/resnet&tiny/densenet+jpeg", "in front of one network"),
    ("tiny/resnet+jpeg:quality", "KNOB=NUMBER"),
    ("tiny/resnet+jpeg:quality=good", "KNOB=NUMBER"),
    ("tiny/resnet+jpeg:quality=0", "quality is 0"),
    ("tiny/resnet+jpeg:quality=nan", "quality is nan"),
    ("tiny/resnet+jpeg:magic=1", "magic"),
    ("+jpeg", "Unknown network"),
    ("tiny/resnet" * 100, "at most"),
    (7, "is a name"),
]


@pytest.mark.parametrize(("name", "sentence"), BAD, ids=[str(name)[:40] for name, _ in BAD])
def test_a_wrong_name_is_a_sentence(name: Any, sentence: str, lion: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Request(lion, surrogates=[name], attack="pgd").plan()


def test_one_surrogate_by_two_names_is_named_twice(lion: str) -> None:
    twice = ["tiny/resnet+jpeg", "tiny/resnet+jpeg:quality=75"]
    with pytest.raises(ValueError, match="twice"):
        Request(lion, surrogates=twice).plan()
    with pytest.raises(ValueError, match="as they are, too"):
        Request(lion, surrogates=of("softmax"), attack="adaea").plan()


def test_what_is_inside_an_attacked_jury_does_not_watch(lion: str) -> None:
    plan = Request(lion, of("softmax"), held_out=["tiny/resnet", "tiny/regnet"], guards={}).plan()
    assert [entry.juror.name for entry in plan.roster] == ["tiny/resnet&tiny/densenet+softmax", "tiny/regnet"]
    assert plan.notes == ("Part of what is attacked, and so not watching: ResNet.",)
    assert plan.settings["held_out"] == ["tiny/regnet"]
    usual = Request(lion, of("quantise-weights")).plan()
    assert not {entry.juror.name for entry in usual.roster if entry.juror.group != "surrogate"} & set(TWO)
    assert usual.notes == ("Part of what is attacked, and so not watching: ResNet · DenseNet.",)
    assert not Request(lion).plan().notes, "who is attacked as it is stands there by its own name"


def test_a_guard_under_attack_is_no_watcher(lion: str) -> None:
    asked = {"held_out": (), "guards": {"softmax": {}, "logits": {}}}
    plan = Request(lion, of("softmax"), **asked).plan()
    assert [(entry.juror.group, entry.defence) for entry in plan.roster] == [
        ("surrogate", "softmax"),
        ("defended", "logits"),
    ]


def test_each_surrogate_has_a_colour_of_its_own(lion: str) -> None:
    names = [f"tiny/resnet+quantise-weights:bits={bits}" for bits in (1, 2, 3, 4)]
    plan = Request(lion, ["tiny/resnet", *names], guards={}).plan()
    jurors = [entry.juror for entry in plan.roster if entry.juror.group == "surrogate"]
    assert len({juror.color for juror in jurors}) == 5
    assert jurors[1].title == "ResNet behind Coarse weights (bits 1)"


@pytest.mark.parametrize("bits", [1, 4])
def test_coarse_weights_are_those_of_the_network_as_it_learned_them(bits: int, lion: str) -> None:
    plan = Request(lion, [f"tiny/resnet+quantise-weights:bits={bits}"], guards={}, held_out=()).plan()
    loaded = plan.roster[0].load("cpu")
    plain = defend("quantise-weights", models.load("tiny/resnet", prepared=False), bits=bits)
    assert loaded.state_dict().keys() == plain.state_dict().keys()
    assert all(torch.equal(one, plain.state_dict()[name]) for name, one in loaded.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize("defence", DEFENCES)
def test_every_defence_can_be_attacked_taken_away_and_linked_to(defence: str, lion: str) -> None:
    fitting = {"held_out": ["tiny/regnet"], "guards": {}, "draws": 10}
    asked = {**opening("tiny"), **fitting, "surrogates": of(defence), "attack": "pgd", "iterations": 3, "label": "Lion"}
    request = Request(lion, **asked)
    whole, prepared, finished = end(request)
    for juror in (finding.juror for finding in finished.findings if finding.juror.group == "surrogate"):
        assert DEFENCES[defence].title in juror.title
        assert juror.random == DEFENCES[defence].random
        assert [frame.confidence[juror.name] for frame in finished.history]
    for finding in finished.findings[:-1]:
        assert finding.before.draws == finding.after.draws == (10 if DEFENCES[defence].random else 1)
        assert finding.status == "wrong" or finding.after.belief < finding.before.belief
    again = reading.read(report.made(saved(whole.plan, prepared, finished, previews(finished))))
    assert again.finished.findings == finished.findings
    assert [entry.juror for entry in kept(again, "cpu").plan.roster] == [entry.juror for entry in whole.plan.roster]
    linked = dict(parse_qsl(query(whole.plan.settings), keep_blank_values=True))
    assert alike(Request(lion, **wanted(linked)), whole.plan)


def previews(finished: Finished) -> list[str | None]:
    first, *others = finished.history[:-1]
    return [preview(first.picture), *(None for _ in others)]


@pytest.fixture(scope="module", params=["sem", "smoothing", "quantise-weights"])
def looked_into(request: pytest.FixtureRequest, lion: str) -> Kept:
    names = of(request.param)
    asked = Request(lion, names, "pgd", iterations=2, held_out=["tiny/regnet"], guards={}, label="Lion", draws=3)
    whole, _, _ = end(asked)
    return whole


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_looks_into_a_run_on_a_defence(view: str, looked_into: Kept) -> None:
    jury = arrived(looked_into.plan.roster, "cpu")
    first = next(VIEWS[view].look(looked_into, jury, 2))  # what comes then is finer
    by_lot = jury[0].juror.random
    assert (jury[0].juror.title in DRAWINGS[view](first, looked_into)) == (view != "transfer" or not by_lot)


@pytest.mark.slow
def test_how_little_is_enough_is_judged_on_many_looks(lion: str) -> None:
    request = Request(lion, of("sem"), "pgd", iterations=3, held_out=(), guards={}, label="Lion", draws=20)
    *_, finished = least(request.plan())
    assert isinstance(finished, Finished)
    assert [finding.status for finding in finished.findings] == ["fooled"]
    assert finished.control.asked == 1


def test_a_name_is_what_it_is_made_of() -> None:
    assert attacked("a&b+sem:largest=2") == Attacked(("a", "b"), "sem", {"largest": 2})
