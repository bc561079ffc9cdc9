"""Checks of what a visitor asks for: every refusal is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import models
from demo.attacks.recipes import Recipe
from demo.run.attacked import SHOWN, attacked
from models.defences import DEFENCES
from models.defences.knobs import settle
from models.packs import PACKS


def check_pack(name: Any, side: Any) -> None:
    """The pack and its canvas."""
    if not isinstance(name, str) or name not in PACKS:
        raise ValueError(f"Unknown pack {_short(name)}: use one of {', '.join(PACKS)}.")
    sides = PACKS[name].sides
    if side is not None and side not in sides:
        raise ValueError(f"The canvas of {name} is {' or '.join(map(str, sides))} pixels wide, not {side!r}.")


def check_surrogates(given: Any, pack: str, recipe: Recipe) -> None:
    """Enough networks of the pack for this attack."""
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise ValueError("No surrogate is chosen: tick at least one network that the attacker may look at.")
    found = [attacked(name) for name in given]
    for one in found:
        check_networks("surrogate", one.networks, pack)
    if len({one.name for one in found}) < len(found):
        raise ValueError("A surrogate is named twice: name each once.")
    if len(found) < recipe.members:
        more = "let its networks be attacked as they are, too" if len(found[0].networks) > 1 else "tick one more"
        raise ValueError(f"{recipe.title} needs at least {recipe.members} surrogates: {more}.")


def check_networks(role: str, given: Any, pack: str) -> None:
    """Networks of the pack, each once."""
    known = models.names(pack)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ValueError(f"The {role}s must be a list of some of {', '.join(known)}.")
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"Unknown network {_short(unknown[0])}: use some of {', '.join(known)}.")
    if len(set(given)) < len(given):
        raise ValueError(f"A {role} is named twice: name each network once.")


def check_classes(label: Any, target: Any, pack: str, recipe: Recipe) -> None:
    """The class under attack and the wanted one."""
    labels = PACKS[pack].vocabulary().values()
    for role, name in (("label", label), ("target", target)):
        if name is not None and name not in labels:
            raise ValueError(f"The {role} {_short(name)} is not a class that the jury knows: choose one of its list.")
    if target is not None and recipe.untargeted_because:
        raise ValueError(f"{recipe.title} has no targeted version: {recipe.untargeted_because} Choose another attack.")
    if target is not None and target == label:
        raise ValueError(f"The target and the label are both {label}: choose another target.")


def check_guards(guards: Any, guarded: Any, held_out: Sequence[str]) -> None:
    """Defences with their parameters, and whom they stand in front of."""
    if not isinstance(guards, Mapping):
        raise ValueError('The guards must be an object such as {"jpeg": {"quality": 75}}.')
    for name, parameters in guards.items():
        if name not in DEFENCES:
            raise ValueError(f"Unknown defence {_short(name)}: use some of {', '.join(DEFENCES)}.")
        if not isinstance(parameters, Mapping):
            raise ValueError(f"The parameters of {DEFENCES[name].title} must be an object.")
        settle(DEFENCES[name].title, DEFENCES[name].knobs, dict(parameters))
    if guarded is not None and guarded not in held_out:
        raise ValueError(f"{_short(guarded)} is not held out, so no guard can stand in front of it.")


def _short(name: Any) -> str:
    return repr(str(name)[:SHOWN])
