"""One gradient: attacks that follow the gradient of one fused loss."""

from __future__ import annotations

from demo.attacks.attack import Attack
from demo.attacks.directions import Ascent
from demo.attacks.recipes.recipe import FUSION, MOMENTUM, RANDOM_START, VIEWS, Recipe, quarter
from demo.attacks.steps import SignStep


def _ascent(fusion: str) -> Attack:
    return Attack(Ascent(fusion), SignStep())


def _mi_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum))


def _ni_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum, nesterov=True))


ROWS = (
    Recipe(
        name="fgsm",
        title="FGSM",
        idea="gradient",
        sentence="One big step the way that hurts the surrogates most.",
        paper="Goodfellow et al. 2015",
        link="https://arxiv.org/abs/1412.6572",
        build=_ascent,
        knobs=(FUSION, VIEWS),
        steps=1,
        chart="turn",
    ),
    Recipe(
        name="i-fgsm",
        title="I-FGSM",
        idea="gradient",
        sentence="Many small steps, each the way that hurts most from where it stands.",
        paper="Kurakin et al. 2017",
        link="https://arxiv.org/abs/1607.02533",
        build=_ascent,
        knobs=(FUSION, VIEWS),
        chart="turn",
    ),
    Recipe(
        name="mi-fgsm",
        title="MI-FGSM",
        idea="gradient",
        sentence=(
            "Small steps with momentum: it keeps the way that has held so far, and travels better to other networks."
        ),
        paper="Dong et al. 2018",
        link="https://arxiv.org/abs/1710.06081",
        build=_mi_fgsm,
        knobs=(FUSION, MOMENTUM, VIEWS),
        chart="turn",
    ),
    Recipe(
        name="ni-fgsm",
        title="NI-FGSM",
        idea="gradient",
        sentence="Like MI-FGSM, but it looks ahead to where its momentum is about to carry it.",
        paper="Lin et al. 2020",
        link="https://arxiv.org/abs/1908.06281",
        build=_ni_fgsm,
        knobs=(FUSION, MOMENTUM, VIEWS),
        chart="turn",
    ),
    Recipe(
        name="pgd",
        title="PGD",
        idea="gradient",
        sentence="Larger steps from a random start, pulled back whenever they leave the allowed range.",
        paper="Madry et al. 2018",
        link="https://arxiv.org/abs/1706.06083",
        build=_ascent,
        knobs=(FUSION, RANDOM_START, VIEWS),
        default_step=quarter,
        chart="turn",
    ),
)
