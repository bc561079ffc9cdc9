"""A saved run brought back: its file, or a report that holds it, is shown on the stage as if it had just been run."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import curves, running
from demo.pages import results as right
from demo.pages.restoring import outputs, restored
from demo.pages.scene import Name
from demo.pages.streaming import Tab
from demo.pages.telling import Bar
from demo.pages.widgets import heard_at
from demo.run.device import best
from demo.run.kept import Kept
from demo.run.picture import encode
from demo.run.reading import read
from demo.run.rebuilding import kept
from demo.run.saved import Saved

TITLE = "About this file"
WORDS = (
    "<h2>Open a saved run</h2>"
    '<p class="q-say">The JSON or the report that was downloaded from a run: it is replayed, and nothing is run.</p>'
)
REPLAY = "A replay of a saved run, made by Quorum {}."
LOOKED_INTO = "On the way it has previews only, so that See why looks at the finished picture."
CLOSED = "See why and the settings stay as they are, because this page cannot make this run again: {}"


def build(tab: Tab, shown: Bar, tabs: gr.Tabs) -> None:
    """The button, below the stories."""
    with gr.Column(elem_classes="q-choice", elem_id="q-reopen"):
        gr.HTML(WORDS, apply_default_css=False)
        button = gr.UploadButton("Choose its file", size="sm", elem_id="q-open", type="filepath")

    def reopen(now: Name, path: Any) -> Iterator[dict[Any, Any]]:
        if now == "running":
            gr.Warning("A run is under way: stop it, or let it end, and open the file then.", title=TITLE)
            yield {shown.where: gr.skip()}
            return
        try:
            run = read(Path(path).read_bytes())
            updates = _shown(tab, run)
        except Exception as problem:  # noqa: BLE001  # said and, if it is ours, logged: what is on the stage stays
            gr.Warning(escape(running.said(problem), quote=False), title=TITLE)
            yield {shown.where: gr.skip()}
            return
        for update in updates:
            yield {tabs: gr.Tabs(selected="attack"), shown.room: gr.update(visible=False), shown.where: None, **update}

    rooms = [
        tabs,
        shown.room,
        shown.where,
        *outputs(tab.left),
        tab.left.guess,
        *tab.scene.outputs(),
        *tab.results.outputs(),
    ]
    button.upload(
        reopen,
        [tab.scene.state, button],
        list(dict.fromkeys(rooms)),
        **heard_at(tab.results.verdict),
    )


def _shown(tab: Tab, run: Saved) -> Iterator[dict[Any, Any]]:
    """The page's updates. What cannot be drawn is noticed before anything is written."""
    note, found = REPLAY.format(run.document["version"]), _kept(run)
    if isinstance(found, Kept):
        note = f"{note} {LOOKED_INTO}"
        known = found
    else:
        note, known = f"{note} {CLOSED.format(found)}", None
    curves.charts(run)

    def updates() -> Iterator[dict[Any, Any]]:
        with running.scratch() as folder:
            settings = restored(tab.left, known.plan.settings) if known else {}
            if known:  # the picture as it stood on the canvas: the same run can be had once more
                path = running.written(
                    run.attack, run.finished, "-before.png", encode(run.finished.original), Path(folder)
                )
                settings |= {tab.left.controls.picture: path, tab.left.guess: gr.update(visible=False)}
                place = tab.left.controls.argument.place  # the square has been cut out already
                settings[place] = gr.update(value=known.plan.settings["place"], visible=False)
            for update in right.shown(run, known, tab.results, note):
                yield settings | update | tab.scene.set("judged")

    return updates()


def _kept(run: Saved) -> Kept | str:
    """The run with its plan, or why it has none here."""
    try:
        return kept(run, best())
    except ValueError as problem:
        return str(problem)
