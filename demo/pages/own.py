"""*Who fools whom* on pictures of the visitor's own: they are uploaded, checked, and never kept."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from demo.pages import cards, running
from demo.pages.looking import Place, computed
from demo.pages.results import Results
from demo.pages.room import Waiting, visitor
from demo.pages.stopping import Stops, until
from demo.pages.upload import uploaded
from demo.pages.views.transfer import drawn
from demo.pages.widgets import QUIET, heard_at
from demo.run.kept import Kept
from demo.run.views.own import MOST, Reading
from demo.run.views.transfer import Transfer

TITLE = "Who fools whom on your pictures"
VIEW = "transfer"
"""The view to which it belongs."""


@dataclass(frozen=True)
class Own:
    """room: all of it. files: what was chosen. go: begins. place: where it is drawn."""

    room: gr.Column
    files: gr.File
    go: gr.Button
    place: Place


def build() -> Own:
    with gr.Column(visible=False, elem_id="q-own") as room:
        files, go, place = asking(f"Pictures of your own, up to {MOST}", "Run on my pictures", "q-own")
    return Own(room, files, go, place)


def asking(label: str, press: str, name: str) -> tuple[gr.File, gr.Button, Place]:
    """Where pictures are chosen, the button that begins, and where it is drawn. name: how the elements' names begin."""
    with gr.Row(equal_height=False):
        files = gr.File(
            file_count="multiple",
            file_types=["image"],
            label=label,
            height=140,
            elem_id=f"{name}-files",
            scale=3,
        )
        with gr.Column(scale=1, min_width=200):
            go = gr.Button(press, elem_id=f"{name}-go")
            stop = gr.Button("Stop", visible=False, elem_id=f"{name}-stop")
    shown = gr.HTML(elem_id=f"{name}-shown", apply_default_css=False)
    files.preprocess = _as_they_came
    return files, go, Place(shown, stop, Stops(), f"Press <b>{press}</b> to begin again.")


def wire(own: Own, results: Results) -> None:
    """The button runs the chosen pictures through the jury of the run that `results` keep."""

    def go(request: gr.Request, files: Any, kept: Kept | None) -> Iterator[dict[Any, Any]]:
        own.place.stops.want(request)
        if not isinstance(kept, Kept):
            yield {own.place.shown: cards.error("There is no run yet: press Attack on the first tab first.")}
            return
        yield from computed(own.place, request, _framed, lambda wish: _drawings(kept, files or [], request, wish))

    def stopping(request: gr.Request) -> None:
        own.place.stops.want(request)

    own.go.click(
        go,
        [own.files, results.kept],
        [own.place.shown, own.place.stop],
        trigger_mode="multiple",
        **heard_at(own.place.shown),
    )
    own.place.stop.click(stopping, None, None, **QUIET)


def _drawings(kept: Kept, files: list[Any], request: gr.Request, wish: threading.Event) -> Iterator[str]:
    events = running.seated("view", visitor(request), kept.plan, running.shown_own(kept, files))
    for event in until(wish, events):
        match event:
            case Waiting():
                yield _framed(cards.meanwhile(event))
            case Reading():
                yield _framed(
                    cards.waiting(f"Looking at picture {event.done + 1} of {event.of} …", event.done / event.of)
                )
            case Transfer():
                yield _framed(_sentences(event) + drawn(event, kept, TITLE), _run(kept))


def _sentences(seen: Transfer) -> str:
    """What was counted, and what was not, and why."""
    names = ", ".join(
        escape(label) + (f" ×{times}" if times > 1 else "") for label, times in Counter(seen.labels).most_common()
    )
    out = "".join(f"<li>{escape(one)}</li>" for one in seen.left_out)
    left = f'<p class="q-trouble">Left out:</p><ul class="q-left-out">{out}</ul>' if out else ""
    return f'<p class="q-soft">{len(seen.labels)} counted: {names}.</p>{left}'


def _run(kept: Kept) -> str:
    return f"With the networks and the strength of the run on “{kept.finished.label}”, {kept.plan.epsilon:g}/255."


def _framed(body: str, run: str = "") -> str:
    words = f'<p class="q-soft">{escape(run)}</p>' if run else ""
    return f'<div class="q-card q-view"><h2>{TITLE}</h2>{words}{body}</div>'


def _as_they_came(payload: Any) -> list[tuple[str, str]]:
    """Each file's name and path. Both are a client's claims: what was not uploaded here is not opened."""
    found = []
    for one in getattr(payload, "root", None) or []:
        if not uploaded(one.path or ""):
            raise gr.Error("One of these was not uploaded here: choose the pictures again.", print_exception=False)
        found.append((str(one.orig_name or "a picture"), one.path))
    return found
