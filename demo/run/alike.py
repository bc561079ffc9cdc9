"""Whether what the page asks for now is what a run was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.attacks.knobs import settle
from demo.attacks.recipes import recipe
from demo.run.plan import Plan
from demo.run.request import Request
from models.defences import settled


def alike(asked: Request, plan: Plan) -> bool:
    """Picture and label apart: the one has its own news, and the other a run may find out. ValueError for nonsense."""
    return _plainly(asked.settled()) == _plainly(plan.settings)


def _plainly(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in one way of writing: lists are lists, and whatever has a default is there."""
    chosen = recipe(settings["attack"])
    written = {name: list(one) if isinstance(one, tuple) else one for name, one in settings.items()}
    guards = {name: settled(name, given) for name, given in settings["guards"].items()}
    knobs = settle(chosen.title, chosen.knobs, settings["knobs"])
    return written | {"label": None, "guards": guards, "knobs": knobs}
