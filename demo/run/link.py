"""A run's settings as a link's query and back. The picture is not in it: it stays with who has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from demo.attacks.recipes import RECIPES
from demo.run.attacked import networks_of
from demo.run.request import Request
from demo.run.setting import settings
from models.defences import DEFENCES
from models.packs import OPENING_PACK, PACKS

LONGEST = 4000
"""Of a link's query, in characters."""
OTHERS = ("story", "stage", "picture", "view")
"""What a link may hold beside settings: the page's own affair."""
LISTS, OBJECTS = ("surrogates", "held_out"), ("knobs", "guards")
TEXTS = ("attack", "label", "target", "framing", "pack", "guarded")


def opening(pack: str) -> dict[str, Any]:
    """The settings with which a pack opens on the page."""
    row = PACKS[pack]
    usual = Request(None, row.starters().surrogates, epsilon=row.epsilon, pack=pack, guards=row.guards, draws=row.looks)
    return {name: getattr(usual, name) for name in settings(Request)}


def query(asked: Mapping[str, Any]) -> str:
    """What must be said of these settings (`Plan.settings`) so that `wanted` gives them again."""
    usual = opening(asked["pack"]) | {"held_out": usual_watchers(asked), "side": PACKS[asked["pack"]].side}
    said = {"pack": asked["pack"]}
    brief = {**asked, "knobs": _unusual(RECIPES[asked["attack"]].knobs, asked["knobs"])}
    brief["guards"] = {name: _unusual(DEFENCES[name].knobs, given) for name, given in asked["guards"].items()}
    usual["guards"] = {name: _unusual(DEFENCES[name].knobs, given) for name, given in usual["guards"].items()}
    for name in settings(Request):
        if name in asked and _plain(brief[name]) != _plain(usual.get(name)) and brief[name] is not None:
            said[name] = _written(brief[name])
    return urlencode(said, safe="/,:")


def _unusual(knobs: Iterable[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the knobs' defaults."""
    usual = {knob.name: _plain(knob.default) for knob in knobs}
    return {name: value for name, value in given.items() if _plain(value) != usual.get(name)}


def usual_watchers(asked: Mapping[str, Any]) -> list[str]:
    """Who is asked in the end, with this pack and these surrogates, where nobody says who."""
    touched = networks_of(asked["surrogates"])
    return [name for name in PACKS[asked["pack"]].held_out() if name not in touched]


def wanted(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The settings that a link's query asks for, every one of them: what it does not name is its pack's own.

    Raises:
        ValueError: a sentence: what the link asks for that does not exist.
    """
    if sum(len(name) + len(value) for name, value in parameters.items()) > LONGEST:
        raise ValueError("This link is too long to be one of ours: the page opens as it always does.")
    known = settings(Request)
    said = {name: value for name, value in parameters.items() if not name.startswith(("__", "utm_"))}
    strange = [name for name in said if name not in known and name not in OTHERS]
    if strange:
        raise ValueError(f"This link asks for “{strange[0][:40]}”, which is no setting here. It was left alone.")
    found = opening(_pack(said))
    found |= {name: _read(name, value) for name, value in said.items() if name in known}
    try:
        Request("a picture", **found).check()
    except ValueError as problem:
        raise ValueError(f"This link cannot be followed. {problem}") from None
    return found


def _pack(said: Mapping[str, str]) -> str:
    name = said.get("pack", OPENING_PACK)
    if name not in PACKS:
        raise ValueError(f"This link asks for the jury “{name[:40]}”; there are {', '.join(PACKS)}.")
    return name


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, list | tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(name: str, value: str) -> Any:
    if name in TEXTS:
        return value
    if name in LISTS:
        return [one for one in value.split(",") if one]
    try:
        return json.loads(value, parse_constant=_refused)
    except ValueError:
        kind = "an object" if name in OBJECTS else "a number"
        raise ValueError(f"This link says {name} = “{value[:40]}”, which is not {kind}. It was left alone.") from None


def _refused(word: str) -> Any:
    raise ValueError(word)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return list(value) if isinstance(value, list | tuple) else value
