"""Take a vote: attacks that put the surrogates' own gradients together pixel by pixel, or voter by voter."""

from __future__ import annotations

from demo.attacks.core import Attack
from demo.attacks.directions import Ascent
from demo.attacks.recipes.recipe import RANDOM_START, VIEWS, Recipe, quarter
from demo.attacks.steps import SignStep
from demo.attacks.votes import Votes, majority, mean_gradient, mean_sign, unanimous_sign

TREND = "https://arxiv.org/abs/2008.01524"
KNOBS = (RANDOM_START, VIEWS)


def _d_ag() -> Attack:
    return Attack(Votes(mean_gradient), SignStep())


def _a_gd() -> Attack:
    return Attack(Votes(mean_sign), SignStep())


def _u_gd() -> Attack:
    return Attack(Votes(unanimous_sign), SignStep())


def _empir() -> Attack:
    return Attack(Ascent("losses", majority), SignStep())


ROWS = (
    Recipe(
        "d-ag",
        "D-AG",
        "vote",
        "Averages the jurors' gradients and goes that way: the loudest juror may decide alone.",
        "He et al. 2017",
        "https://arxiv.org/abs/1706.04701",
        _d_ag,
        KNOBS,
        default_step=quarter,
        members=2,
        chart="followed",
    ),
    Recipe(
        "a-gd",
        "A-GD",
        "vote",
        "Gives every juror one vote on each pixel, up or down, and follows the majority.",
        "Ravikumar et al. 2022",
        TREND,
        _a_gd,
        KNOBS,
        default_step=quarter,
        members=2,
        chart="agreement",
    ),
    Recipe(
        "u-gd",
        "U-GD",
        "vote",
        "Changes only the pixels on which all jurors point the same way.",
        "Ravikumar et al. 2022",
        TREND,
        _u_gd,
        KNOBS,
        default_step=quarter,
        members=2,
        chart="agreement",
    ),
    Recipe(
        "empir",
        "EMPIR-style",
        "vote",
        "Follows the gradients of those jurors only who voted for the jury's verdict.",
        "Sen et al. 2020",
        "https://openreview.net/forum?id=HJem3yHKwH",
        _empir,
        KNOBS,
        default_step=quarter,
        members=2,
        chart="weights",
    ),
)
