"""From a cell of the lab to the settings of the Attack tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.lab.job import names_in
from demo.run.attacked import Attacked
from demo.run.link import opening
from demo.run.request import Request
from models.defences import DEFENCES


def settings(run: Mapping[str, Any] | None, pack: str) -> dict[str, Any] | None:
    """A run's settings for the Attack tab, or None where the page has no such run."""
    if run is None:
        return None
    surrogates = [_attacked(seat) for seat in run["surrogates"]]
    if None in surrogates:
        return None
    seats = [*run["surrogates"], *([] if run["asked"] is None else [run["asked"]])]
    packs = {network.partition("/")[0] for seat in seats for network in names_in(seat)}
    found: dict[str, Any] = {
        "pack": packs.pop() if len(packs) == 1 else pack,
        "attack": run["attack"],
        "surrogates": surrogates,
        "iterations": run["steps"],
        "seed": run["seed"],
        "knobs": run["knobs"],
        "step_size": run.get("step"),
    }
    if "epsilon" in run:
        found["epsilon"] = run["epsilon"]
    try:
        found |= _watching(run["asked"], found["surrogates"])
        Request("a picture", **(opening(found["pack"]) | found)).check()
    except ValueError:  # the page has narrower limits than the lab
        return None
    return found


def _attacked(seat: Any) -> str | None:
    """A seat as the page names a surrogate; None for one that it has no name for."""
    if isinstance(seat, str):
        return seat
    defence, knobs, members = seat
    plain = defence in DEFENCES and all(isinstance(member, str) for member in members)
    return Attacked(tuple(members), defence, knobs).name if plain else None


def _watching(seat: Any, surrogates: list[str]) -> dict[str, Any]:
    """Who is asked in the end; ValueError for a seat that the page has none like."""
    if seat is None:
        return {}
    if isinstance(seat, str):
        return {} if seat in surrogates else {"held_out": [seat]}
    defence, knobs, members = seat
    if DEFENCES[defence].several or not isinstance(members[0], str):
        raise ValueError("The page makes juries of held-out networks alone.")
    held = {} if members[0] in surrogates else {"held_out": members}
    return {"guards": {defence: knobs}, "guarded": members[0], **held}
