"""Take a vote: attacks that put the surrogates' own gradients together pixel by pixel, or voter by voter."""

from __future__ import annotations

from demo.attacks.attack import Attack
from demo.attacks.directions import Ascent
from demo.attacks.recipes.recipe import RANDOM_START, VIEWS, Recipe, quarter
from demo.attacks.steps import SignStep
from demo.attacks.trend import Trend, majority, mean_gradient, mean_sign, unanimous_sign

TREND = "https://arxiv.org/abs/2008.01524"
KNOBS = (RANDOM_START, VIEWS)


def _d_ag() -> Attack:
    return Attack(Trend(mean_gradient), SignStep())


def _a_gd() -> Attack:
    return Attack(Trend(mean_sign), SignStep())


def _u_gd() -> Attack:
    return Attack(Trend(unanimous_sign), SignStep())


def _empir() -> Attack:
    return Attack(Ascent("losses", weights=majority), SignStep())


ROWS = (
    Recipe(
        name="d-ag",
        title="D-AG",
        idea="vote",
        sentence="Averages the jurors' gradients and goes that way: the loudest juror may decide alone.",
        paper="He et al. 2017",
        link="https://arxiv.org/abs/1706.04701",
        build=_d_ag,
        knobs=KNOBS,
        default_step=quarter,
        members=2,
        chart="followed",
    ),
    Recipe(
        name="a-gd",
        title="A-GD",
        idea="vote",
        sentence="Gives every juror one vote on each pixel, up or down, and follows the majority.",
        paper="Ravikumar et al. 2022",
        link=TREND,
        build=_a_gd,
        knobs=KNOBS,
        default_step=quarter,
        members=2,
        chart="agreement",
    ),
    Recipe(
        name="u-gd",
        title="U-GD",
        idea="vote",
        sentence="Changes only the pixels on which all jurors point the same way.",
        paper="Ravikumar et al. 2022",
        link=TREND,
        build=_u_gd,
        knobs=KNOBS,
        default_step=quarter,
        members=2,
        chart="agreement",
    ),
    Recipe(
        name="empir",
        title="EMPIR-style",
        idea="vote",
        sentence="Follows the gradients of those jurors only who voted for the jury's verdict.",
        paper="Sen et al. 2020",
        link="https://openreview.net/forum?id=HJem3yHKwH",
        build=_empir,
        knobs=KNOBS,
        default_step=quarter,
        members=2,
        chart="weights",
    ),
)
