"""The left column set as a link or a story wants it, as if a visitor had chosen it all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.attacks.recipes import RECIPES
from demo.pages import answering, packs
from demo.pages.choices import Left
from demo.pages.menu import attack_of
from demo.pages.widgets import shown
from demo.run.attacked import networks_of, taken_apart
from models.defences import DEFENCES, settled
from models.packs import PACKS, trio_of

EMPTY = {"label": "", "step_size": 0, "guarded": ""}
"""How a widget shows that nothing is chosen, where a request has None."""


def outputs(left: Left) -> list[Any]:
    """Whatever `restored` may set."""
    more = [left.sentence, left.linked, *left.followers.updates(packs.first().name)]
    return list(dict.fromkeys([*left.controls.widgets(), *more]))


def restored(left: Left, asked: Mapping[str, Any], picture: str | None = None) -> dict[Any, Any]:
    """asked: a request's settings, all of them and checked. picture: an example's name, or None for what is there."""
    pack, controls = asked["pack"], left.controls
    updates = left.followers.updates(pack)

    def put(widget: Any, value: Any) -> None:
        known = updates.get(widget)
        updates[widget] = {**known, "value": value} if isinstance(known, dict) else value

    for name, value in _plain(asked).items():
        put(controls.named(name), value)
    updates[left.sentence] = packs.settle(pack)[1]
    updates[controls.argument.attack] = attack_of(asked["attack"])
    updates[left.linked] = (asked["attack"], dict(asked["knobs"]))
    for knob in RECIPES[asked["attack"]].knobs:
        updates[controls.argument.knobs[knob.name]] = shown(knob, asked["knobs"].get(knob.name))
    networks, defence, given, bare = taken_apart(asked["surrogates"])
    put(controls.jury.surrogates, networks)
    updates[controls.jury.answering], updates[controls.jury.bare] = answering.chosen(defence), bare
    attacked = {defence: given} if defence in DEFENCES else {}
    for widgets, wanted in ((controls.guards.parameters, asked["guards"]), (controls.jury.settings, attacked)):
        for (owner, name), widget in widgets.items():
            if owner in wanted:
                put(widget, settled(owner, wanted[owner])[name])
    if picture in left.made:
        updates[controls.picture] = left.made[picture]
    return updates


def _plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The widgets that are one setting each, with the values that show it."""
    row = PACKS[asked["pack"]]
    watching = row.held_out() if asked["held_out"] is None else list(asked["held_out"])
    names = (
        "epsilon",
        "iterations",
        "framing",
        "place",
        "seed",
        "draws",
        "label",
        "step_size",
        "guarded",
    )
    return {
        "pack": row.name,
        "held_out": watching,
        # A shipped pack's own cast always watches; who is asked beside it is what is studied.
        "studied": [name for name in watching if name not in row.held_out()] if row.shipped else [],
        **{name: EMPTY.get(name) if asked[name] is None else asked[name] for name in names},
        "guards": list(asked["guards"]),
        **({"trio": trio} if (trio := trio_of(networks_of(asked["surrogates"]))) else {}),
        "targeted": asked["target"] is not None,
        **({"target": asked["target"]} if asked["target"] is not None else {}),
        **({"side": asked["side"]} if asked["side"] is not None else {}),
    }
