"""The guards that are asked in the end, and their settings."""

from __future__ import annotations

from typing import Any

import gradio as gr

import models
from demo.pages.controls import Guards
from demo.pages.follow import Followers
from demo.pages.packs import first
from demo.pages.widgets import QUIET, of_defences
from demo.run.request import MOST_LOOKS
from models import CARDS
from models.catalog import STUDIED
from models.defences import DEFENCES, NINE
from models.packs import PACKS

BEST = ("The best held-out network", "")


def build(followers: Followers) -> Guards:
    """The accordion's content; it follows the pack."""
    asked = gr.Dropdown(
        [(row.title, name) for name, row in DEFENCES.items()],
        value=list(first().guards),
        multiselect=True,
        label="Guards asked in the end",
        info="In front of a held-out network; juries are made of all held-out ones of the kind they want.",
        elem_id="q-guards",
    )
    nine = gr.Button(f"The papers' defences ({len(NINE)})", size="sm", elem_id="q-nine")
    guarded = gr.Dropdown([BEST, *_titled(first().name)], value="", label="In front of")
    studied = gr.Dropdown(
        _studied(first().name),
        value=[],
        visible=bool(_studied(first().name)),
        multiselect=True,
        label="Networks to be studied",
        info="Asked as well. Those trained under noise or on coarse pictures answer as they were trained to.",
        elem_id="q-studied",
    )
    parameters = of_defences(first().guards)
    draws = gr.Number(
        first().looks,
        label="Looks by those that answer at random",
        info=f"Whole, 1 to {MOST_LOOKS}. Two are too few to settle a smoothed vote.",
    )
    guards = Guards(asked, guarded, studied, draws, parameters)
    _connect(guards, nine, followers)
    return guards


def _connect(guards: Guards, nine: gr.Button, followers: Followers) -> None:
    def follow(chosen: list[str]) -> list[Any]:
        return [gr.update(visible=owner in (chosen or ())) for owner, _ in guards.parameters]

    asked = guards.guards
    asked.change(follow, asked, list(guards.parameters.values()), **QUIET)
    nine.click(lambda: list(NINE), None, asked, **QUIET)
    followers.add(_of_pack, [guards.guarded, guards.studied, asked, guards.draws], asked)


def _of_pack(name: str, chosen: list[str] | None = None) -> list[Any]:
    """What follows the pack: its own guards, unless the visitor has chosen others."""
    openings = [list(row.guards) for row in PACKS.values()]
    guards = gr.update(value=list(PACKS[name].guards))
    follows = chosen is None or list(chosen) in openings
    return [
        gr.update(choices=[BEST, *_titled(name)], value=""),
        gr.update(choices=_studied(name), visible=bool(_studied(name)), value=[]),
        guards if follows else gr.skip(),
        PACKS[name].looks,
    ]


def _studied(pack: str) -> list[tuple[str, str]]:
    """The networks that are asked only where somebody wants them."""
    return [(CARDS[name].title, name) for name in models.names(pack) if CARDS[name].role in STUDIED]


def _titled(pack: str) -> list[tuple[str, str]]:
    return [(CARDS[name].title, name) for name in models.names(pack)]
