"""The page set by a link or a story asks for exactly that run; places on the tour; what was recorded."""

from typing import Any

import gradio as gr
import pytest

from demo.pages import attack
from demo.pages.places import every_place, moved, named, read
from demo.pages.restoring import outputs, restored
from demo.pages.streaming import Tab
from demo.pages.telling import Recorded
from demo.run.alike import alike
from demo.run.events import Finished, Prepared
from demo.run.link import opening
from demo.run.request import Request
from demo.run.session import run
from demo.run.stories import STORIES, TOUR


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Tab:
    with gr.Blocks() as blocks:
        return attack.build(blocks, tmp_path_factory.mktemp("examples"))[0]


def shown(tab: Tab, asked: dict[str, Any], picture: str | None = None) -> list[Any]:
    """What the widgets hold after the page was set, beginning with what they open with."""
    updates = restored(tab.left, asked, picture)
    assert set(updates) <= set(outputs(tab.left))

    def held(widget: Any) -> Any:
        update = updates.get(widget, widget.value)
        return update.get("value", widget.value) if isinstance(update, dict) else update

    return [held(widget) for widget in tab.left.controls.widgets()]


@pytest.mark.parametrize("name", STORIES)
def test_the_widgets_show_what_a_story_runs(name: str, tab: Tab) -> None:
    story = STORIES[name]
    asked = story.request(tab.left.made[story.picture])
    asked_for = tab.left.controls.request(*shown(tab, asked.settled(), story.picture))
    plan, again = asked.plan(), asked_for.plan()
    assert [entry.juror for entry in again.roster] == [entry.juror for entry in plan.roster]
    assert again.label == plan.label
    assert alike(asked_for, plan)
    assert (again.original == plan.original).all()


@pytest.mark.parametrize(
    "more",
    [
        {"label": "Orange", "target": "Lemon", "step_size": 0.5, "seed": 9, "place": 0.25},
        {"attack": "cwa", "knobs": {"momentum": 0.9}},
        {"guards": {"jpeg": {"quality": 40}}, "draws": 7, "guarded": "tiny/xcit"},
        {"surrogates": ["tiny/resnet", "tiny/regnet", "tiny/resnet&tiny/regnet+sem:largest=2"]},
        {"surrogates": ["tiny/resnet+quantise-weights:bits=2", "tiny/resnet+quantise-weights:bits=4"]},
    ],
)
def test_the_widgets_show_what_a_link_asks_for(more: dict[str, Any], tab: Tab, lion: str) -> None:
    asked = Request(lion, **{**opening("tiny"), **more})
    asked_for = tab.left.controls.request(lion, *shown(tab, asked.settled())[1:])
    plan, again = asked.plan(), asked_for.plan()
    assert again.label == plan.label
    assert alike(asked_for, plan)


def test_one_walks_on_and_back_and_not_beyond_the_ends() -> None:
    for place in every_place():
        assert moved(place, 1) in every_place()
        assert moved(place, -1) in every_place()
        assert read(place)[0]
    assert moved(("tour", len(TOUR) - 1), 1) == ("tour", len(TOUR) - 1)
    assert moved(("stories", 0), -1) == ("stories", 0)
    assert moved("nowhere", 1) == ("tour", 1)
    assert moved(None, 0) == ("tour", 0), "a place that was forgotten"
    assert read(("tour", 99)) == read(("tour", 0))


@pytest.mark.parametrize("name", STORIES)
def test_a_story_has_its_place_by_name(name: str) -> None:
    assert read(named(name))[2] is STORIES[name]


def test_a_story_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="There is no story “once”; there are tour, one"):
        named("once")


def test_a_whole_run_is_recorded_and_one_that_was_cut_short_is_not(lion: str) -> None:
    recorded = Recorded()
    plan = Request(lion, iterations=2, held_out=[], guards={}).plan()
    cut = recorded.recording("one", plan, run(plan))
    next(cut)
    cut.close()
    assert recorded.get("one") is None
    *_, last = recorded.recording("one", plan, run(plan))
    found = recorded.get("one")
    assert found is not None
    assert isinstance(found[1], Prepared)
    assert isinstance(last, Finished)
    assert found[2] is last
