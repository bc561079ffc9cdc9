"""The Lab tab: the papers' tables as they came out here, and small ones on the visitor's own pictures."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.lab import kept
from demo.lab.table import PAPERS
from demo.lab.tables import TABLES
from demo.pages import tryout
from demo.pages.ledger import page
from demo.pages.widgets import QUIET
from models.packs import PACKS

WORDS = (
    '<p class="q-say">What five papers claim, computed anew with this page\'s attacks, defences and networks. A number '
    "opens the <b>Attack</b> tab with the settings that it came from; a press on a column's head sorts by it.</p>"
)
EMPTY = '<p class="q-say">No table is kept here yet: <code>python -m demo.lab --list</code> tells how one is made.</p>'


def build() -> None:
    """The tab."""
    known = kept.known()
    if not known:
        gr.HTML(EMPTY)
        return
    first = next(iter(known))
    gr.HTML(WORDS)
    with gr.Row(equal_height=True):
        table = gr.Dropdown(
            [(_named(name), name) for name in known],
            value=first,
            label="Table",
            elem_id="q-lab-table",
            scale=3,
            min_width=280,
        )
        pack = gr.Radio(_packs(first), value=known[first][0], label="Networks", elem_id="q-lab-pack", scale=2)
    drawn = gr.HTML(shown(first, known[first][0]), elem_id="q-lab-shown", apply_default_css=False)
    table.change(_chosen, table, [pack, drawn], **QUIET)
    pack.input(shown, [table, pack], drawn, **QUIET)
    tryout.build(table, pack)


def _named(name: str) -> str:
    table = TABLES[name]
    return f"{PAPERS[table.paper].partition(' (')[0]} · {table.title}"


def _packs(name: Any) -> list[tuple[str, str]]:
    return [(PACKS[pack].title, pack) for pack in _known(name)]


def _known(name: Any) -> list[str]:
    return kept.known().get(name, []) if isinstance(name, str) else []


def _chosen(name: Any) -> tuple[Any, str]:
    packs = _packs(name)
    if not packs:
        return gr.update(), shown(name, None)
    return gr.update(choices=packs, value=packs[0][1]), shown(name, packs[0][1])


def shown(name: Any, pack: Any) -> str:
    """The table on those networks; a client may ask for any."""
    if pack not in _known(name):
        return '<p class="q-say">There is no such table here: choose one from the list.</p>'
    return page(TABLES[name], kept.load(name, pack))
