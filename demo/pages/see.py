"""The tab *See why*: views into the run on the stage. Each is computed when it is opened, coarse first."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from demo.pages import cards, own, running
from demo.pages.glossary import marked
from demo.pages.looking import Place, computed
from demo.pages.results import Results
from demo.pages.room import Waiting, visitor
from demo.pages.stopping import Stops, until
from demo.pages.views import DRAWINGS
from demo.pages.widgets import QUIET, heard_at
from demo.run.kept import Kept
from demo.run.views import VIEWS

EMPTY = cards.card(
    "Nothing to look into yet",
    "<p>Press <b>Attack</b> on the first tab. What happens there can then be looked into here.</p>",
    role="status",
)

REMEMBERED = 12
"""Drawings that are shown again without computing."""


@dataclass(frozen=True)
class See:
    """The tab's components. view: which one; step: the iteration, for a view that has one; place: where it is drawn;
    seen: what was drawn before, by run, view and iteration; own: pictures of the visitor's own.
    """

    view: gr.Radio
    step: gr.Slider
    place: Place
    seen: gr.State
    own: own.Own


def build(results: Results, tabs: gr.Tabs, tab: gr.Tab) -> None:
    """The tab's content, on the run that `results` keep, and the strip below the verdict that leads here."""
    see = _components()
    own.wire(see.own, results)

    def look(
        request: gr.Request, view: Any, step: Any, kept: Kept | None, seen: dict[Any, str]
    ) -> Iterator[dict[Any, Any]]:
        yield from _look(see, request, *(view, step, kept, seen))

    def stopping(request: gr.Request) -> None:
        see.place.stops.want(request)

    for name, button in results.views.items():
        button.click(lambda name=name: (name, gr.Tabs(selected="see")), None, [see.view, tabs], **QUIET)
    gr.on(
        [see.view.input, see.step.release, tab.select],
        look,
        [see.view, see.step, results.kept, see.seen],
        [see.place.shown, see.step, see.place.stop, see.seen, see.own.room],
        trigger_mode="multiple",
        **heard_at(see.place.shown),
    )
    see.place.stop.click(stopping, None, None, **QUIET)


def _look(
    see: See, request: gr.Request, view: Any, step: Any, kept: Kept | None, seen: dict[Any, str]
) -> Iterator[dict[Any, Any]]:
    """The page's updates, one view long."""
    if not isinstance(kept, Kept):
        yield {see.place.shown: EMPTY, see.step: gr.update(visible=False), see.own.room: gr.update(visible=False)}
        return
    chosen, place = _settled(view, step, kept)
    several = VIEWS[chosen].by_step and len(kept.finished.history) > 1
    slider = gr.update(visible=several, maximum=kept.finished.history[-1].steps, value=place)
    known = (hash(kept.finished.png), chosen, place if VIEWS[chosen].by_step else 0)
    see.place.stops.want(request)  # who looks elsewhere no longer wants what was begun
    if chosen != own.VIEW:
        see.own.place.stops.want(request)
    aside = {see.step: slider, see.own.room: gr.update(visible=chosen == own.VIEW)}
    if known in seen:
        yield {see.place.shown: seen[known], see.place.stop: gr.update(visible=False), **aside}
        return

    def drawings(wish: threading.Event) -> Iterator[str]:
        return _drawings(chosen, kept, place, request, wish)

    def whole(html: str) -> dict[Any, Any]:
        return {see.seen: dict([*seen.items(), (known, html)][-REMEMBERED:])}

    yield from computed(see.place, request, lambda body: _framed(chosen, kept, body), drawings, aside, whole)


def _drawings(view: str, kept: Kept, step: int, request: gr.Request, wish: threading.Event) -> Iterator[str]:
    events = running.seated("view", visitor(request), kept.plan, running.looked_into(view, kept, step))
    for event in until(wish, events):
        yield _framed(view, kept, cards.meanwhile(event) if isinstance(event, Waiting) else _drawn(view, event, kept))


def _settled(view: Any, step: Any, kept: Kept) -> tuple[str, int]:
    """What a client asks for, as far as it exists."""
    steps = kept.finished.history[-1].steps
    whole = int(step) if isinstance(step, int | float) and math.isfinite(step) else steps
    return (view if view in VIEWS else next(iter(VIEWS))), min(max(whole, 0), steps)


def _components() -> See:
    with gr.Row(equal_height=True):
        view = gr.Radio(
            [(one.title, name) for name, one in VIEWS.items()],
            value=next(iter(VIEWS)),
            label="What to look at",
            elem_id="q-view",
            scale=3,
        )
        step = gr.Slider(0, 10, 10, step=1, label="Iteration", visible=False, elem_id="q-view-step", scale=1)
        stop = gr.Button("Stop", visible=False, elem_id="q-view-stop", scale=0)
    shown = gr.HTML(EMPTY, elem_id="q-see", apply_default_css=False)
    mine = own.build()
    place = Place(shown, stop, Stops(), "Choose a view to begin again.")
    return See(view, step, place, gr.State({}, time_to_live=3600), mine)


def _framed(view: str, kept: Kept, body: str) -> str:
    """The view's sentence above it, and whose run it is."""
    run = f"{kept.plan.recipe.title} on “{kept.finished.label}”, {kept.plan.epsilon:g}/255"
    return (
        f'<div class="q-card q-view"><h2>{escape(VIEWS[view].title)}</h2>'
        f'<p class="q-say">{marked(VIEWS[view].sentence)}</p><p class="q-soft">{escape(run)}</p>{body}</div>'
    )


def _drawn(view: str, seen: Any, kept: Kept) -> str:
    drawn: str = DRAWINGS[view](seen, kept)
    return drawn
