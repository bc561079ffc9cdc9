"""Checks of what a visitor asks for: every refusal is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import models
from demo.attacks.recipes import Recipe
from models.defences import DEFENCES
from models.defences.knobs import settle
from models.packs import PACKS

SHOWN = 60
"""How many characters of a wrong name are said back."""


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
    check_networks("surrogate", given, pack)
    if len(given) < recipe.members:
        raise ValueError(f"{recipe.title} needs at least {recipe.members} surrogates: tick one more.")


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


def check_guards(guards: Any, guarded: Any, known_guard: Any, held_out: Sequence[str]) -> None:
    """Defences with their parameters, whom they stand in front of, and the one that the attacker knows."""
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
    single = [name for name, row in DEFENCES.items() if not row.several]
    if known_guard is not None and known_guard not in single:
        raise ValueError(f"The attacker cannot look through {_short(known_guard)}: use {', '.join(single)}.")


def _short(name: Any) -> str:
    return repr(str(name)[:SHOWN])
