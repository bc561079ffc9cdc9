"""THE table of attacks: menus, help, tests, the README's table and the API follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.attacks.core import Attack
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Choice, Flag, Knob, Number
from demo.attacks.objectives import FUSIONS
from demo.attacks.steps import SignStep
from demo.attacks.weights import fooled_or_not, remaining_belief

IDEAS = {
    "gradient": "One gradient",
    "weigh": "Weigh the jury",
}
"""What recipes are grouped by: the idea that they share, in the order of the menu."""


@dataclass(frozen=True)
class Recipe:
    """One attack: its words, its knobs, and how it is put together.

    build: from the knobs' values to an `Attack`. default_step: from epsilon and steps to the step size that
    the paper uses. steps: the number of iterations where the attack fixes it. members: how many surrogates it
    needs at least. untargeted_because: why it has no targeted version, or None where it has one.
    """

    name: str
    title: str
    idea: str
    sentence: str
    paper: str
    link: str
    build: Callable[..., Attack]
    knobs: tuple[Knob, ...] = ()
    default_step: Callable[[float, int], float] = lambda epsilon, steps: epsilon / steps
    steps: int | None = None
    members: int = 1
    untargeted_because: str | None = None


FUSION = Choice("fusion", "logits", tuple(FUSIONS), "Fusion", "What is averaged over the surrogates.")
MOMENTUM = Number("momentum", 1.0, 0, 2, "Momentum μ", "How much of the way so far each step keeps.")
RANDOM_START = Flag("random_start", True, "Random start", "Begin at a random point of the ball.")
DELTA_HIGH = Number("delta_high", 4.0, 1, 100, "Weight δ of a stubborn surrogate", "Fooled surrogates weigh 1.")


def _fgsm(fusion: str) -> Attack:
    return Attack(Ascent(fusion), SignStep())


def _mi_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum))


def _ni_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum, nesterov=True))


def _pgd(fusion: str, random_start: bool) -> Attack:
    return Attack(Ascent(fusion), SignStep(), random_start=random_start)


def _ensemblefool_c(fusion: str, momentum: float, delta_high: float) -> Attack:
    return Attack(Ascent(fusion, fooled_or_not(delta_high)), SignStep(momentum))


def _ensemblefool_a(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion, remaining_belief), SignStep(momentum))


_ROWS = (
    Recipe(
        "fgsm",
        "FGSM",
        "gradient",
        "One big step the way that hurts the surrogates most.",
        "Goodfellow et al. 2015",
        "https://arxiv.org/abs/1412.6572",
        _fgsm,
        (FUSION,),
        steps=1,
    ),
    Recipe(
        "i-fgsm",
        "I-FGSM",
        "gradient",
        "Many small steps, each the way that hurts most from where it stands.",
        "Kurakin et al. 2017",
        "https://arxiv.org/abs/1607.02533",
        _fgsm,
        (FUSION,),
    ),
    Recipe(
        "mi-fgsm",
        "MI-FGSM",
        "gradient",
        "Small steps with momentum: it keeps the way that has held so far, and travels better to other networks.",
        "Dong et al. 2018",
        "https://arxiv.org/abs/1710.06081",
        _mi_fgsm,
        (FUSION, MOMENTUM),
    ),
    Recipe(
        "ni-fgsm",
        "NI-FGSM",
        "gradient",
        "Like MI-FGSM, but it looks ahead to where its momentum is about to carry it.",
        "Lin et al. 2020",
        "https://arxiv.org/abs/1908.06281",
        _ni_fgsm,
        (FUSION, MOMENTUM),
    ),
    Recipe(
        "pgd",
        "PGD",
        "gradient",
        "Larger steps from a random start, pulled back whenever they leave the allowed range.",
        "Madry et al. 2018",
        "https://arxiv.org/abs/1706.06083",
        _pgd,
        (FUSION, RANDOM_START),
        default_step=lambda epsilon, steps: epsilon / 4,
    ),
    Recipe(
        "ensemblefool-c",
        "EnsembleFool-C",
        "weigh",
        "Listens four times as much to every juror that it has not fooled yet.",
        "Peng et al. 2021",
        "https://doi.org/10.1016/j.cose.2021.102317",
        _ensemblefool_c,
        (FUSION, MOMENTUM, DELTA_HIGH),
    ),
    Recipe(
        "ensemblefool-a",
        "EnsembleFool-A",
        "weigh",
        "Listens most to the juror who still believes the picture.",
        "Peng et al. 2021",
        "https://doi.org/10.1016/j.cose.2021.102317",
        _ensemblefool_a,
        (FUSION, MOMENTUM),
    ),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ROWS}


def recipe(name: Any) -> Recipe:
    """The recipe of that name; ValueError lists the names there are."""
    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"Unknown attack {name!r}: use one of {', '.join(RECIPES)}.")
    return RECIPES[name]
