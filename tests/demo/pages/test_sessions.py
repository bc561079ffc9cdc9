"""What is kept of a visitor does not grow; what is forgotten is said (in Chromium: `test_taking.py`)."""

from __future__ import annotations

import asyncio

import gradio as gr
import pytest
from gradio.state_holder import StateHolder
from gradio_client import Client
from gradio_client.exceptions import AppError

from demo.pages import compare
from demo.pages.results import TRIED, another, tried
from demo.pages.sessions import VISITORS, Session


def test_a_component_that_changes_is_kept_once_and_what_it_shows_not_at_all() -> None:
    with gr.Blocks() as blocks:
        shown = gr.HTML()
        event = gr.Button().click(lambda: None, None, shown)
    session, changes = Session(blocks), blocks.fns[event["id"]]
    before = len(session.blocks_config.blocks)
    for visible in (False, True, False):
        for said in (gr.update(visible=visible), "words"):
            asyncio.run(blocks.postprocess_data(changes, said, session))
    assert session[shown._id].visible is False
    assert session[shown._id]._id == shown._id
    assert len(session.blocks_config.blocks) == before
    assert not session.config_values
    assert shown.visible is True, "others see what they saw"


@pytest.mark.slow
def test_the_page_keeps_so_many_visitors_and_of_each_no_more(holder: StateHolder, address: str) -> None:
    client = Client(address, verbose=False)
    with pytest.raises(AppError, match="no picture yet"):
        client.predict(None, api_name="/attack")
    assert holder.capacity == VISITORS
    assert isinstance(holder.session_data[client.session_hash], Session)


def test_the_next_attack_to_try_is_read_off_the_button() -> None:
    assert {tried(another(name)) for name in (*TRIED.values(), "mi-fgsm")} == set(TRIED.values())
    assert all(tried(another(name)) != name for name in TRIED.values())
    for made_up in ("Try magic", "", None, ["cwa"], {}):
        assert tried(made_up) in TRIED.values()


def test_a_comparison_that_is_forgotten_is_said() -> None:
    with pytest.raises(gr.Error, match="compare again"):
        compare.loaded(None)
