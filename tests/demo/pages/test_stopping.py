"""Stop: what a run says last stands, whenever the answer to the press arrives."""

from __future__ import annotations

import gradio as gr
import pytest

from demo.pages.stopping import STOP, STOPPING, offered, pressed


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> gr.Blocks:
    from demo.pages import page

    return page.build(tmp_path_factory.mktemp("examples"))


def test_an_answer_to_stop_changes_nothing_but_its_button(blocks: gr.Blocks) -> None:
    stops = {one._id: one.elem_id for one in blocks.blocks.values() if str(one.elem_id).endswith("-stop")}
    assert {"q-stop", "q-compare-stop", "q-view-stop"} <= set(stops.values())
    answered = {event._id: event for event in blocks.fns.values() for place, _ in event.targets if place in stops}
    assert len(answered) == len(stops)
    for event in answered.values():
        assert {output._id for output in event.outputs} <= set(stops)


def test_the_button_says_what_goes_on() -> None:
    assert pressed(True) == gr.update(value=STOPPING, interactive=False)
    assert pressed(False) == gr.skip()
    for running in (True, False):
        assert offered(running) == gr.update(visible=running, value=STOP, interactive=True)
