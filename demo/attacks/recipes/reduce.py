"""Calm the disagreement: attacks with an inner loop over the surrogates, whose outcome is one steadier step."""

from __future__ import annotations

from demo.attacks.core import Attack
from demo.attacks.cwa import CommonWeakness
from demo.attacks.knobs import Number
from demo.attacks.recipes.recipe import FUSION, INNER_STEP_SIZE, INNER_STEPS, MOMENTUM, VIEWS, Recipe
from demo.attacks.smer import Reweighing
from demo.attacks.steps import SignStep
from demo.attacks.svre import VarianceReduced
from demo.attacks.svre import inner_steps as svre_steps

INNER_MOMENTUM = Number("inner_momentum", 1.0, 0, 2, "Inner momentum", "0: the last correction alone, as printed.")
LEAP = Number("inner_step_size", 250.0, 0, 10_000, "Inner step β", "For a gradient of length 1 over the whole picture.")
REVERSE = Number("reverse_step_size", None, 0, 1, "Step back r", "None: a fifteenth of epsilon.", none=True)
ROUNDS = Number("rounds", 4, 1, 100, "Rounds", "How often each iteration goes round the surrogates.", whole=True)


def _svre(
    fusion: str, momentum: float, inner_steps: int | None, inner_step_size: float | None, inner_momentum: float
) -> Attack:
    return Attack(VarianceReduced(fusion, inner_steps, inner_step_size, inner_momentum), SignStep(momentum))


def _cwa(fusion: str, momentum: float, inner_step_size: float, reverse_step_size: float | None) -> Attack:
    return Attack(CommonWeakness(fusion, momentum, inner_step_size, reverse_step_size), SignStep(momentum))


def _smer(momentum: float, rounds: int, inner_step_size: float | None) -> Attack:
    return Attack(Reweighing(rounds, momentum, inner_step_size), SignStep(momentum))


ROWS = (
    Recipe(
        "svre",
        "SVRE",
        "reduce",
        "Hears the jurors one by one in random order, corrected by what all of them said, before each step.",
        "Xiong et al. 2022",
        "https://arxiv.org/abs/2111.10752",
        _svre,
        (FUSION, MOMENTUM, INNER_STEPS, INNER_STEP_SIZE, INNER_MOMENTUM, VIEWS),
        passes=lambda members, steps, knobs: (2 * members + svre_steps(knobs["inner_steps"], members)) * steps,
        members=2,
        chart="variance_before",
    ),
    Recipe(
        "cwa",
        "CWA",
        "reduce",
        "Seeks a weak spot that all jurors share: flat ground, where their gradients point the same way.",
        "Chen et al. 2024",
        "https://arxiv.org/abs/2303.09105",
        _cwa,
        (FUSION, MOMENTUM, LEAP, REVERSE, VIEWS),
        passes=lambda members, steps, knobs: 2 * members * steps,
        default_step=lambda epsilon, steps: 2 * epsilon / steps,
        members=2,
        chart="cosine",
    ),
    Recipe(
        "smer",
        "SMER",
        "reduce",
        "Hears the jurors in shuffled rounds, and learns on the way how loud each should be.",
        "Tang et al. 2024",
        "https://openaccess.thecvf.com/content/CVPR2024/html/"
        "Tang_Ensemble_Diversity_Facilitates_Adversarial_Transferability_CVPR_2024_paper.html",
        _smer,
        (MOMENTUM, ROUNDS, INNER_STEP_SIZE, VIEWS),
        passes=lambda members, steps, knobs: knobs["rounds"] * members**2 * steps,
        members=2,
        chart="scales",
    ),
)
