"""Links restore every setting; nonsense in one is a sentence; every story is a run that can be run."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from demo.attacks.recipes import RECIPES
from demo.run.alike import alike
from demo.run.link import LONGEST, opening, query, wanted
from demo.run.request import Request
from demo.run.stories import STORIES, TOUR
from demo.run.views import VIEWS
from models.availability import at_hand
from models.defences import settled
from models.packs import PACKS

CHANGES: list[dict[str, Any]] = [
    {},
    {"epsilon": 4.5, "iterations": 3, "seed": 7, "step_size": 0.5},
    {"attack": "mora", "knobs": {"beta": 0.5}},
    {"attack": "cwa", "knobs": {"momentum": 0.9}},
    {"label": "Orange", "target": "Lemon", "framing": "fit", "place": 0.25},
    {"surrogates": ["tiny/regnet"], "held_out": ["tiny/resnet", "tiny/xcit"]},
    {"guards": {"jpeg": {"quality": 40}, "sem": {}}, "guarded": "tiny/xcit", "draws": 7},
    {"surrogates": ["tiny/resnet+jpeg", "tiny/regnet&tiny/xcit+sem:sigmas=0 0.1:largest=1"]},
    {"guards": {}},
]
NONSENSE = [
    ({"pack": "zoo"}, "the jury “zoo”"),
    ({"colour": "red"}, "“colour”, which is no setting"),
    ({"epsilon": "strong"}, "which is not a number"),
    ({"epsilon": "NaN"}, "which is not a number"),
    ({"epsilon": "1e999"}, "strength epsilon"),
    ({"epsilon": "900"}, "strength epsilon"),
    ({"iterations": "[3]"}, "number of iterations"),
    ({"attack": "magic"}, "magic"),
    ({"surrogates": "tiny/nobody"}, "tiny/nobody"),
    ({"surrogates": "tiny/resnet+moat"}, "moat"),
    ({"surrogates": ""}, "at least one"),
    ({"guards": "[]"}, "guards"),
    ({"guards": '{"moat":{}}'}, "moat"),
    ({"knobs": '{"luck":1}'}, "luck"),
    ({"label": "Unicorn"}, "Unicorn"),
    ({"seed": "-1"}, "seed"),
    ({"label": "x" * LONGEST}, "too long"),
]


def parameters(asked: Any) -> dict[str, str]:
    return dict(parse_qsl(query(asked), keep_blank_values=True))


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: "+".join(changes) or "nothing")
def test_a_link_restores_every_setting(changes: dict[str, Any], lion: str) -> None:
    plan = Request(lion, **{**opening("tiny"), **changes}).plan()
    again = Request(lion, **wanted(parameters(plan.settings))).plan()
    assert alike(Request(lion, **wanted(parameters(plan.settings))), plan)
    assert again.label == plan.label
    assert [entry.juror for entry in again.roster] == [entry.juror for entry in plan.roster]


@pytest.mark.parametrize("pack", PACKS)
def test_how_a_pack_opens_needs_no_more_than_its_name(pack: str) -> None:
    assert query(opening(pack)) == f"pack={pack}"
    assert wanted({"pack": pack}) == opening(pack)


def test_what_the_page_shows_by_default_is_not_said(lion: str) -> None:
    whole = {"guards": {name: settled(name, given) for name, given in PACKS["tiny"].guards.items()}}
    knobs = {knob.name: knob.default for knob in RECIPES["ensemblefool-a"].knobs}
    assert query(Request(lion, **{**opening("tiny"), **whole, "knobs": knobs}).plan().settings) == "pack=tiny"


@pytest.mark.parametrize(("asked", "words"), NONSENSE, ids=lambda value: str(value)[:30])
def test_nonsense_in_a_link_is_a_sentence(asked: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=r"^This link") as refused:
        wanted({"pack": "tiny", **asked})
    assert words in str(refused.value)


def test_what_other_sites_add_to_a_link_is_passed_over() -> None:
    assert wanted({"pack": "tiny", "utm_source": "mail", "__theme": "dark", "stage": ""}) == opening("tiny")


@pytest.mark.parametrize("name", STORIES)
def test_every_story_can_be_run(name: str, pictures_by_name: dict[str, str]) -> None:
    story = STORIES[name]
    plan = story.request(pictures_by_name[story.picture]).plan()
    assert plan.attack in RECIPES
    assert all(at_hand(entry.juror.network) for entry in plan.roster if entry.juror.network), "nothing is fetched"
    assert not story.view or story.view in VIEWS


def test_every_step_of_the_tour_but_the_last_has_its_story() -> None:
    assert [step.story in STORIES for step in TOUR] == [True] * (len(TOUR) - 1) + [False]
