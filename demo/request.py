"""What a visitor asks for, and its check: every refusal is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import models
from demo.attacks.knobs import number, settle
from demo.attacks.recipes import Recipe, recipe
from demo.picture import FRAMINGS
from models.catalog import vocabulary

STRONGEST = 64
LONGEST = 100
DEFAULT_SURROGATES = ("tiny/resnet", "tiny/densenet", "tiny/resnet-robust")
DEFAULT_ATTACK = "ensemblefool-a"
DEFAULT_EPSILON = 12
DEFAULT_ITERATIONS = 10


@dataclass(frozen=True)
class Request:
    """One run. epsilon and step_size are in levels of 255; labels are names of the pack's classes.

    picture: anything `demo.picture.read` takes. label: the class under attack; None lets the surrogates say what
    they see. target: the class that the attack wants, for a targeted run; None for an untargeted one.
    knobs: the attack's own (`RECIPES[attack].knobs`).
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
    device: str = "cpu"


def check(request: Request) -> tuple[Recipe, dict[str, Any]]:
    """The recipe and its settled knobs; ValueError says what is wrong and what to do. The picture is read later."""
    if request.picture is None:
        raise ValueError("There is no picture yet: upload one, take one with the camera, or pick an example.")
    chosen = recipe(request.attack)
    _check_surrogates(request.surrogates, request.pack, chosen)
    if not isinstance(request.epsilon, bool) and request.epsilon == 0:
        raise ValueError(f"The strength epsilon is 0, which allows no change: use a number from 1 to {STRONGEST}.")
    number("The strength epsilon (in levels of 255)", request.epsilon, 1, STRONGEST)
    number("The number of iterations", request.iterations, 1, LONGEST, whole=True)
    number("The seed", request.seed, 0, 2**32 - 1, whole=True)
    if request.step_size is not None:
        number("The step size (in levels of 255)", request.step_size, 0.01, STRONGEST)
    if request.framing not in FRAMINGS:
        raise ValueError(f"The framing is {request.framing!r}: use one of {', '.join(FRAMINGS)}.")
    _check_classes(request, chosen)
    if not isinstance(request.knobs, Mapping):
        raise ValueError('The knobs must be an object such as {"momentum": 1.0}.')
    return chosen, settle(chosen.title, chosen.knobs, request.knobs)


def _check_surrogates(surrogates: Sequence[str], pack: str, chosen: Recipe) -> None:
    known = models.names(pack)
    if isinstance(surrogates, str) or not isinstance(surrogates, Sequence) or not surrogates:
        raise ValueError("No surrogate is chosen: tick at least one network that the attacker may look at.")
    unknown = [name for name in surrogates if name not in known]
    if unknown:
        raise ValueError(f"Unknown network {str(unknown[0])[:60]!r}: use some of {', '.join(known)}.")
    if len(set(surrogates)) < len(surrogates):
        raise ValueError("A surrogate is named twice: name each network once.")
    if len(surrogates) < chosen.members:
        raise ValueError(f"{chosen.title} needs at least {chosen.members} surrogates: tick one more.")


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
