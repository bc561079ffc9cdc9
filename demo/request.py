"""What a visitor asks for, and its check: every refusal is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import models
from demo.attacks.knobs import number, settle
from demo.attacks.recipes import Recipe, recipe
from demo.picture import FRAMINGS
from models.catalog import PACKS, SIDES, vocabulary
from models.defences import DEFENCES
from models.defences.parameter import settle as settle_defence
from models.supply import bystanders

STRONGEST = 64
LONGEST = 100
MOST_DRAWS = 200
DEFAULT_SURROGATES = ("tiny/resnet", "tiny/densenet", "tiny/resnet-robust")
DEFAULT_ATTACK = "ensemblefool-a"
DEFAULT_EPSILON = 12
DEFAULT_ITERATIONS = 10
DEFAULT_DRAWS = 20
DEFAULT_GUARDS: Mapping[str, Mapping[str, Any]] = {
    "jpeg": {"quality": 75},
    "bit-depth": {"bits": 4},
    "random-resize-pad": {},
}
"""Defences that are asked in the end, with what differs from their defaults."""


@dataclass(frozen=True)
class Request:
    """One run. epsilon and step_size are in levels of 255; labels are names of the pack's classes.

    picture: anything `demo.picture.read` takes. label: the class under attack; None lets the surrogates say what
    they see. target: the class that the attack wants, for a targeted run; None for an untargeted one.
    knobs: the attack's own (`RECIPES[attack].knobs`). side: the canvas in pixels; None is the pack's own.

    held_out: who is asked in the end without having been attacked; None is the pack's own cast (`bystanders`).
    guards: defences that are asked too, with their parameters, in front of `guarded`, a held-out network (None: the
    best of them), or, for those that are juries, made of all held-out ones of the role that they want. draws: how
    often one that answers by lot is asked. known_guard: a defence that the attacker looks through, in front of every
    surrogate.
    """

    picture: Any
    surrogates: Sequence[str] = DEFAULT_SURROGATES
    attack: str = DEFAULT_ATTACK
    epsilon: float = DEFAULT_EPSILON
    iterations: int = DEFAULT_ITERATIONS
    seed: int = 0
    step_size: float | None = None
    framing: str = "crop"
    label: str | None = None
    target: str | None = None
    knobs: Mapping[str, Any] = field(default_factory=dict)
    pack: str = "tiny"
    side: int | None = None
    held_out: Sequence[str] | None = None
    guards: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFAULT_GUARDS)
    guarded: str | None = None
    draws: int = DEFAULT_DRAWS
    known_guard: str | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name in ("epsilon", "iterations", "seed", "step_size", "side", "draws", "knobs", "guards"):
            object.__setattr__(self, name, plain(getattr(self, name)))

    @property
    def canvas(self) -> int:
        """The side of the jury's canvas in pixels."""
        return self.side or SIDES[self.pack][0]

    @property
    def onlookers(self) -> list[str]:
        """The networks that the attack never touches, in the catalogue's order."""
        asked = bystanders(self.pack) if self.held_out is None else self.held_out
        return [name for name in asked if name not in self.surrogates]


def plain(value: Any) -> Any:
    """Numbers as Python and JSON have them: numpy's, and 10.0 for 10 as widgets send it. The check comes later."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(plain(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    if isinstance(value, Integral):
        return int(value)
    value = float(value)
    return int(value) if value.is_integer() else value


def check(request: Request) -> tuple[Recipe, dict[str, Any]]:
    """The recipe and its settled knobs; ValueError says what is wrong and what to do. The picture is read later."""
    if request.picture is None:
        raise ValueError("There is no picture yet: upload one, take one with the camera, or pick an example.")
    chosen = recipe(request.attack)
    _check_pack(request)
    _check_surrogates(request.surrogates, request.pack, chosen)
    _check_numbers(request)
    if request.framing not in FRAMINGS:
        raise ValueError(f"The framing is {request.framing!r}: use one of {', '.join(FRAMINGS)}.")
    _check_classes(request, chosen)
    _check_guards(request)
    if not isinstance(request.knobs, Mapping):
        raise ValueError('The knobs must be an object such as {"momentum": 1.0}.')
    return chosen, settle(chosen.title, chosen.knobs, request.knobs)


def _check_pack(request: Request) -> None:
    if request.pack not in PACKS:
        raise ValueError(f"Unknown pack {str(request.pack)[:60]!r}: use one of {', '.join(PACKS)}.")
    if request.side is not None and request.side not in SIDES[request.pack]:
        allowed = " or ".join(map(str, SIDES[request.pack]))
        raise ValueError(f"The canvas of {request.pack} is {allowed} pixels wide, not {request.side!r}.")
    if request.held_out is not None:
        _check_known("held-out network", request.held_out, request.pack)


def _check_surrogates(surrogates: Sequence[str], pack: str, chosen: Recipe) -> None:
    if isinstance(surrogates, str) or not isinstance(surrogates, Sequence) or not surrogates:
        raise ValueError("No surrogate is chosen: tick at least one network that the attacker may look at.")
    _check_known("surrogate", surrogates, pack)
    if len(surrogates) < chosen.members:
        raise ValueError(f"{chosen.title} needs at least {chosen.members} surrogates: tick one more.")


def _check_known(role: str, given: Sequence[str], pack: str) -> None:
    known = models.names(pack)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ValueError(f"The {role}s must be a list of some of {', '.join(known)}.")
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"Unknown network {str(unknown[0])[:60]!r}: use some of {', '.join(known)}.")
    if len(set(given)) < len(given):
        raise ValueError(f"A {role} is named twice: name each network once.")


def _check_numbers(request: Request) -> None:
    if not isinstance(request.epsilon, bool) and request.epsilon == 0:
        raise ValueError(f"The strength epsilon is 0, which allows no change: use a number from 1 to {STRONGEST}.")
    number("The strength epsilon (in levels of 255)", request.epsilon, 1, STRONGEST)
    number("The number of iterations", request.iterations, 1, LONGEST, whole=True)
    number("The seed", request.seed, 0, 2**32 - 1, whole=True)
    number("The number of draws", request.draws, 1, MOST_DRAWS, whole=True)
    if request.step_size is not None:
        number("The step size (in levels of 255)", request.step_size, 0.01, STRONGEST)


def _check_classes(request: Request, chosen: Recipe) -> None:
    labels = vocabulary(request.pack).values()
    for role, name in (("label", request.label), ("target", request.target)):
        if name is not None and name not in labels:
            raise ValueError(
                f"The {role} {str(name)[:60]!r} is not a class that the jury knows: choose one of its list."
            )
    if request.target is not None and chosen.untargeted_because:
        raise ValueError(f"{chosen.title} has no targeted version: {chosen.untargeted_because} Choose another attack.")
    if request.target is not None and request.target == request.label:
        raise ValueError(f"The target and the label are both {request.label}: choose another target.")


def _check_guards(request: Request) -> None:
    if not isinstance(request.guards, Mapping):
        raise ValueError('The guards must be an object such as {"jpeg": {"quality": 75}}.')
    for name, parameters in request.guards.items():
        if name not in DEFENCES:
            raise ValueError(f"Unknown defence {str(name)[:60]!r}: use some of {', '.join(DEFENCES)}.")
        if not isinstance(parameters, Mapping):
            raise ValueError(f"The parameters of {DEFENCES[name].title} must be an object.")
        settle_defence(DEFENCES[name].title, DEFENCES[name].parameters, dict(parameters))
    if request.guarded is not None and request.guarded not in request.onlookers:
        raise ValueError(f"{str(request.guarded)[:60]!r} is not held out, so no guard can stand in front of it.")
    single = [name for name, row in DEFENCES.items() if not row.several]
    if request.known_guard is not None and request.known_guard not in single:
        raise ValueError(
            f"The attacker cannot look through {str(request.known_guard)[:60]!r}: use {', '.join(single)}."
        )
