"""Calm the disagreement: attacks with an inner loop over the surrogates, whose outcome is one steadier step."""

from __future__ import annotations

from demo.attacks.attack import Attack
from demo.attacks.cwa import Cwa
from demo.attacks.knobs import Number
from demo.attacks.recipes.recipe import FUSION, INNER_STEP_SIZE, INNER_STEPS, MOMENTUM, VIEWS, Recipe
from demo.attacks.smer import Smer
from demo.attacks.steps import SignStep
from demo.attacks.svre import Svre
from demo.attacks.svre import inner_steps as svre_steps

INNER_MOMENTUM = Number(
    name="inner_momentum",
    default=1.0,
    low=0,
    high=2,
    title="Inner momentum",
    help="0: the last correction alone, as printed.",
)
LEAP = Number(
    name="inner_step_size",
    default=250.0,
    low=0,
    high=10_000,
    title="Inner step β",
    help="For a gradient of length 1 over the whole picture.",
)
REVERSE = Number(
    name="reverse_step_size",
    default=None,
    low=0,
    high=1,
    title="Step back r",
    help="Unless given, a fifteenth of epsilon.",
    none=True,
)
ROUNDS = Number(
    name="rounds",
    default=4,
    low=1,
    high=100,
    title="Rounds",
    help="How often each iteration goes round the surrogates.",
    whole=True,
)


def _svre(
    fusion: str, momentum: float, inner_steps: int | None, inner_step_size: float | None, inner_momentum: float
) -> Attack:
    direction = Svre(
        fusion=fusion, inner_steps=inner_steps, inner_step_size=inner_step_size, inner_momentum=inner_momentum
    )
    return Attack(direction, SignStep(momentum))


def _cwa(fusion: str, momentum: float, inner_step_size: float, reverse_step_size: float | None) -> Attack:
    direction = Cwa(
        fusion=fusion, momentum=momentum, inner_step_size=inner_step_size, reverse_step_size=reverse_step_size
    )
    return Attack(direction, SignStep(momentum))


def _smer(momentum: float, rounds: int, inner_step_size: float | None) -> Attack:
    return Attack(Smer(rounds=rounds, momentum=momentum, inner_step_size=inner_step_size), SignStep(momentum))


ROWS = (
    Recipe(
        name="svre",
        title="SVRE",
        idea="reduce",
        sentence="Hears the jurors one by one in random order, corrected by what all of them said, before each step.",
        paper="Xiong et al. 2022",
        link="https://arxiv.org/abs/2111.10752",
        build=_svre,
        knobs=(FUSION, MOMENTUM, INNER_STEPS, INNER_STEP_SIZE, INNER_MOMENTUM, VIEWS),
        forwards=lambda members, steps, knobs: (2 * members + svre_steps(knobs["inner_steps"], members)) * steps,
        members=2,
        chart="variance_before",
    ),
    Recipe(
        name="cwa",
        title="CWA",
        idea="reduce",
        sentence="Seeks a weak spot that all jurors share: flat ground, where their gradients point the same way.",
        paper="Chen et al. 2024",
        link="https://arxiv.org/abs/2303.09105",
        build=_cwa,
        knobs=(FUSION, MOMENTUM, LEAP, REVERSE, VIEWS),
        forwards=lambda members, steps, knobs: 2 * members * steps,
        default_step=lambda epsilon, steps: 2 * epsilon / steps,
        members=2,
        chart="cosine",
    ),
    Recipe(
        name="smer",
        title="SMER",
        idea="reduce",
        sentence="Hears the jurors in shuffled rounds, and learns on the way how loud each should be.",
        paper="Tang et al. 2024",
        link="https://openaccess.thecvf.com/content/CVPR2024/html/"
        "Tang_Ensemble_Diversity_Facilitates_Adversarial_Transferability_CVPR_2024_paper.html",
        build=_smer,
        knobs=(MOMENTUM, ROUNDS, INNER_STEP_SIZE, VIEWS),
        forwards=lambda members, steps, knobs: knobs["rounds"] * members**2 * steps,
        members=2,
        chart="scales",
    ),
)
