"""The page's own logic without a browser: what widgets ask for, what is said when something breaks, who stops what."""

import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demo.attacks.recipes import RECIPES
from demo.pages import api, attack, examples, opening, packs, running, streaming
from demo.pages.stopping import Stopped, Stops, until
from demo.pages.streaming import Tab
from demo.run import before
from demo.run.request import Request
from demo.run.session import first_look
from demo.run.setting import settings
from models.availability import at_hand
from models.defences import DEFENCES
from models.packs import PACKS


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Tab:
    with gr.Blocks() as blocks:
        return attack.build(blocks, tmp_path_factory.mktemp("examples"))[0]


@pytest.fixture
def values(tab: Tab, lion: str) -> list[Any]:
    """What the widgets hold when the page opens, with the lion for a picture."""
    return [lion, *(widget.value for widget in tab.left.controls.widgets()[1:])]


def changed(tab: Tab, values: list[Any], widget: Any, value: Any) -> list[Any]:
    place = next(i for i, one in enumerate(tab.left.controls.widgets()) if one is widget)
    return [*values[:place], value, *values[place + 1 :]]


def test_the_page_opens_on_what_its_pack_begins_with(tab: Tab, values: list[Any], lion: str) -> None:
    row = packs.first()
    surrogates, held_out = row.starters()
    begins = {"epsilon": row.epsilon, "guards": row.guards, "draws": row.looks, "held_out": held_out}
    asked = tab.left.controls.request(*values).plan()
    plain = Request(lion, surrogates, pack=row.name, **begins).plan()
    assert [entry.juror for entry in asked.roster] == [entry.juror for entry in plain.roster]
    for one in fields(plain):
        if one.name not in ("original", "roster", "settings"):
            assert getattr(asked, one.name) == getattr(plain, one.name), one.name


@pytest.mark.parametrize("name", RECIPES)
def test_only_the_chosen_attacks_knobs_are_asked_for(name: str, tab: Tab, values: list[Any]) -> None:
    request = tab.left.controls.request(*changed(tab, values, tab.left.controls.argument.attack, name))
    assert set(request.knobs) <= {knob.name for knob in RECIPES[name].knobs}


@pytest.mark.parametrize("name", DEFENCES)
def test_every_guards_parameters_are_its_own(name: str, tab: Tab, values: list[Any]) -> None:
    request = tab.left.controls.request(*changed(tab, values, tab.left.controls.guards.guards, [name]))
    assert set(request.guards[name]) <= {knob.name for knob in DEFENCES[name].knobs}
    request.plan()


def test_a_target_counts_only_where_it_is_wanted(tab: Tab, values: list[Any]) -> None:
    argument = tab.left.controls.argument
    with_target = changed(tab, values, argument.target, "Banana")
    assert tab.left.controls.request(*with_target).target is None
    assert tab.left.controls.request(*changed(tab, with_target, argument.targeted, True)).target == "Banana"


def test_a_defect_is_said_and_logged_and_the_button_comes_back(
    tab: Tab, values: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "events", lambda plan: {}["nothing of that name"])
    first, last = streaming.stream(tab, None, "judged", lambda: tab.left.controls.request(*values))
    assert first[tab.scene.start]["visible"] is False
    assert "Something went wrong on our side" in last[tab.results.verdict]
    assert last[tab.scene.start]["visible"] is True
    assert last[tab.scene.stop]["visible"] is False
    assert last[tab.scene.state] == "judged", "what was there stays"
    assert "KeyError" in caplog.text


def test_who_stops_a_run_gets_its_last_word(tab: Tab, values: list[Any]) -> None:
    updates = streaming.stream(tab, None, "opening", lambda: tab.left.controls.request(*values))
    next(updates)
    assert tab.stops.want(None)
    *_, last = updates
    assert "Stopped" in last[tab.results.verdict]
    assert last[tab.scene.state] == "opening"
    assert not tab.stops.want(None), "nothing is left to stop"


def test_stopping_closes_the_stream_and_leaves_other_visitors_alone() -> None:
    class Visitor:
        def __init__(self, session_hash: str) -> None:
            self.session_hash = session_hash

    closed = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            closed.set()

    stops, one, other = Stops(), Visitor("one"), Visitor("other")
    with stops.run(one) as mine, stops.run(other) as theirs:  # type: ignore[arg-type]
        stream = until(mine, numbers())
        assert next(stream) == 0
        assert stops.want(one)  # type: ignore[arg-type]
        with pytest.raises(Stopped):
            next(stream)
        assert closed.is_set()
        assert not theirs.is_set()


def test_looking_at_the_page_makes_nobody_fetch_a_network(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look(plan: Any) -> Any:
        asked.extend(name for entry in plan.roster for name in entry.networks)
        raise ValueError("Seen enough.")

    monkeypatch.setattr(opening, "first_look", look)
    for pack in PACKS:
        opening.looked(lion, "crop", 0.5, pack)
    assert asked
    assert all(at_hand(name) for name in asked)
    assert opening.looked(None, "crop", 0.5, "tiny")[1] == ""


def test_a_defect_while_looking_is_said_too(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "first_look", None)
    assert "Something went wrong on our side" in opening.looked(lion, "crop", 0.5, "tiny")[0]


@pytest.mark.slow
def test_the_same_picture_is_looked_at_once(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opening.looked(lion, "crop", 0.5, "tiny")
    with monkeypatch.context() as patch:
        patch.setattr(before, "judged", lambda plan, asks: [] if not asks else pytest.fail("looked again"))
        assert opening.looked(lion, "crop", 0.5, "tiny") == first
    assert opening.looked(lion, "crop", 0.5, "trios") != first, "another jury says something else"


def test_a_picture_that_nobody_knows_is_not_called_something(pictures_by_name: dict[str, str]) -> None:
    assert "Probably none of the 64" in opening.looked(pictures_by_name["Cheetah"], "crop", 0.5, "tiny")[0]


def test_the_endpoint_has_every_setting_and_says_what_it_means() -> None:
    for name, setting in settings(Request).items():
        assert f"{name}: {setting.help}" in api.description()
        api.default(name)


def test_every_field_but_the_picture_and_the_device_is_a_setting() -> None:
    assert {one.name for one in fields(Request)} - set(settings(Request)) == {"picture", "device"}


def test_the_examples_are_written(tab: Tab) -> None:
    assert all(Path(row[0]).exists() for sample in tab.left.samples.values() for row in sample.examples)


@pytest.mark.slow
@pytest.mark.parametrize("pack", list(PACKS))
def test_every_pack_opens_with_a_picture_that_it_knows_and_offers_one_that_it_does_not(
    pack: str, pictures_by_name: dict[str, str]
) -> None:
    if not all(at_hand(name) for names in PACKS[pack].starters() for name in names):
        pytest.skip("the networks of this pack are not at hand")
    first, *_, last = examples.OFFERED[pack]
    looks = [first_look(_request(pictures_by_name[name], pack).plan()) for name in (first, last)]
    assert [look.sure for look in looks] == [True, False]
    assert looks[0].guess == first


def _request(picture: str, pack: str) -> Request:
    surrogates, held_out = PACKS[pack].starters()
    return Request(picture, surrogates, held_out=held_out, pack=pack, guards={})


def test_an_example_loses_nothing_on_its_way_to_a_file(pictures_by_name: dict[str, str]) -> None:
    for example in examples.EXAMPLES:
        assert np.array_equal(np.asarray(Image.open(pictures_by_name[example.name])), np.asarray(example.make()))


def test_a_pack_that_opens_with_another_picture_brings_its_own() -> None:
    assert examples.swapped("/somewhere/cheetah.png", "tiny") == "Lion"
    assert examples.swapped("/somewhere/tower.png", "tiny") == "Lion"
    assert examples.swapped("/somewhere/lemon.png", "tiny") is None
    assert examples.swapped("/somewhere/my cat.png", "tiny") is None
    assert examples.swapped(None, "tiny") is None
