"""Something that is computed for the tab *See why*: what is written while it goes on, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.pages import cards, running
from demo.pages.stopping import Stopped, Stops


@dataclass(frozen=True)
class Place:
    """Where it is drawn, and the button that stops it. again: what begins it once more, for whoever stopped it."""

    shown: gr.HTML
    stop: gr.Button
    stops: Stops
    again: str


def computed(
    place: Place,
    request: gr.Request,
    framed: Callable[[str], str],
    drawings: Callable[[threading.Event], Iterator[str]],
    aside: Mapping[Any, Any] | None = None,
    whole: Callable[[str], dict[Any, Any]] | None = None,
) -> Iterator[dict[Any, Any]]:
    """The page's updates. framed: puts HTML where the drawing would be. drawings: until the wish to stop.

    aside: what else is set, with the first update: what that one leaves hidden, Gradio shows in no later one. whole:
    what else is set when the last drawing is there; not at the very end: only the last update hides Stop for good.
    """
    with place.stops.run(request) as wish:
        yield {place.shown: framed(cards.waiting("Looking …")), place.stop: gr.update(visible=True), **(aside or {})}
        try:
            for html in drawings(wish):
                yield {place.shown: html}
            if whole:
                yield whole(html)
        except Stopped:
            if place.stops.is_last(request, wish):
                yield {place.shown: framed(cards.card("Stopped", f"<p>{place.again}</p>", role="status"))}
        except Exception as problem:  # noqa: BLE001  # said where the view would be and, if it is ours, logged
            yield {place.shown: framed(cards.error(running.said(problem)))}
        if place.stops.is_last(request, wish):
            yield {place.stop: gr.update(visible=False)}
