"""A table of the lab on the visitor's own pictures: at most 32 of them, two minutes, and Stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from demo.lab import making, own
from demo.lab.engine import Progress
from demo.lab.job import Arrays
from demo.lab.outcome import Outcome
from demo.lab.table import Table
from demo.lab.tables import TABLES
from demo.pages import cards, running
from demo.pages.ledger import sheet
from demo.pages.looking import computed
from demo.pages.own import asking
from demo.pages.room import ROOM, Waiting, visitor
from demo.pages.stopping import until
from demo.pages.widgets import QUIET, heard_at
from demo.run.device import best, on_gpu
from demo.run.views.own import MOST

SECONDS = 120


def build(table: gr.Dropdown, pack: gr.Radio) -> None:
    """The room below the table that is chosen."""
    with gr.Accordion("This table on pictures of your own", open=False, elem_id="q-lab-own"):
        gr.HTML(
            f'<p class="q-say">Up to {MOST} pictures. Each counts as what the networks agree that it shows. '
            f"After {SECONDS // 60} minutes you see what is known by then.</p>"
        )
        files, go, place = asking(f"Pictures, up to {MOST}", "Compute it", "q-lab-own")

    def begin(request: gr.Request, name: Any, chosen: Any, given: Any) -> Iterator[dict[Any, Any]]:
        place.stops.want(request)
        yield from computed(place, request, str, lambda wish: _drawings(name, chosen, given or [], request, wish))

    def stopping(request: gr.Request) -> None:
        place.stops.want(request)

    how: dict[str, Any] = heard_at(place.shown)
    go.click(begin, [table, pack, files], [place.shown, place.stop], trigger_mode="multiple", **how)
    place.stop.click(stopping, None, None, **QUIET)


def _drawings(name: Any, pack: Any, files: list[Any], request: gr.Request, wish: threading.Event) -> Iterator[str]:
    table = TABLES.get(name) if isinstance(name, str) else None
    if table is None or pack not in table.packs:
        raise ValueError("There is no such table: choose one from the list.")
    left_out: list[str] = []
    with running.scratch() as folder:
        for event in until(wish, ROOM.seated(visitor(request), worked(table, pack, files, left_out, Path(folder)))):
            match event:
                case Waiting():
                    yield cards.meanwhile(event)
                case int():
                    of = min(len(files), MOST)
                    yield cards.waiting(f"Looking at picture {event + 1} of {of} …", event / of)
                case Progress():
                    yield cards.waiting(f"{event.words()} …", event.done / event.total)
                case Outcome():
                    yield sheet(table, event, _sentences(event, left_out))


@on_gpu(duration=lambda *_: SECONDS)
def worked(
    table: Table, pack: str, files: list[Any], left_out: list[str], folder: Path
) -> Iterator[int | Progress | Outcome]:
    for looked in own.labelled(table, pack, files, left_out):
        if isinstance(looked, int):
            yield looked
        else:
            held: Arrays = looked
            yield from making.within(table, pack, held, folder, SECONDS, best())


def _sentences(outcome: Outcome, left_out: list[str]) -> str:
    """What did not count, and that few pictures tell little."""
    out = "".join(f"<li>{escape(one)}</li>" for one in left_out)
    left = f'<p class="q-trouble">Left out:</p><ul class="q-left-out">{out}</ul>' if out else ""
    few = f"{outcome.n} of your pictures. The intervals tell how little so few can say."
    return f'<p class="q-soft">{few}</p>{left}'
