"""One gradient, too: attacks made to measure how robust a network is, with aims or strides of their own."""

from __future__ import annotations

from demo.attacks.apgd import ApgdStep
from demo.attacks.attack import Attack, mean_logits
from demo.attacks.deepfool import DeepFool
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Number
from demo.attacks.objectives import ObjectiveFor, cross_entropy, fused_rule, fused_score, logits_ratio, margin
from demo.attacks.recipes.recipe import FUSION, RANDOM_START, VIEWS, Recipe, quarter
from demo.attacks.steps import Leap, SignStep

CONFIDENCE = Number(
    name="confidence",
    default=50.0,
    low=0,
    high=1000,
    title="Confidence κ",
    help="How far the wrong class should lead, in logits.",
)
CANDIDATES = Number(
    name="candidates",
    default=10,
    low=1,
    high=1000,
    title="Candidates",
    help="How many borders are measured.",
    whole=True,
)
OVERSHOOT = Number(
    name="overshoot", default=0.02, low=0, high=1, title="Overshoot η", help="How far beyond the border each step goes."
)


def _cw(fusion: str, confidence: float) -> Attack:
    """Carlini and Wagner's objective under PGD's steps, as Madry et al. 2018 use it.

    TREND minimises an L2 distance beside it over 100 iterations; here every attack has the same L-infinity ball.
    Its finding, that only a high κ transfers, is why κ is 50 unless said.
    """
    return Attack(Ascent(fusion, objective=margin(confidence)), SignStep())


def _deepfool(candidates: int, overshoot: float) -> Attack:
    return Attack(DeepFool(candidates=candidates, overshoot=overshoot), Leap(), judged_by=mean_logits)


def _apgd(fusion: str, objective: ObjectiveFor) -> Attack:
    direction = Ascent(fusion, objective=objective)
    return Attack(direction, ApgdStep(), best=fused_score(fusion, objective), judged_by=fused_rule(fusion))


def _apgd_ce(fusion: str) -> Attack:
    return _apgd(fusion, cross_entropy)


def _apgd_dlr(fusion: str) -> Attack:
    return _apgd(fusion, logits_ratio)


ROWS = (
    Recipe(
        name="cw",
        title="C&W margin",
        idea="gradient",
        sentence="PGD that widens the gap between the right class and the best wrong one, up to a wanted confidence.",
        paper="Carlini and Wagner 2017",
        link="https://arxiv.org/abs/1608.04644",
        build=_cw,
        knobs=(FUSION, CONFIDENCE, RANDOM_START, VIEWS),
        default_step=quarter,
        chart="loss",
    ),
    Recipe(
        name="deepfool",
        title="DeepFool",
        idea="gradient",
        sentence="Looks for the nearest border to another class and steps just over it.",
        paper="Moosavi-Dezfooli et al. 2016",
        link="https://arxiv.org/abs/1511.04599",
        build=_deepfool,
        knobs=(CANDIDATES, OVERSHOOT, VIEWS),
        forwards=lambda members, steps, knobs: knobs["candidates"] * members * steps,
        untargeted_because="it heads for the nearest wrong class, whichever that is.",
        chart="distance",
    ),
    Recipe(
        name="apgd-ce",
        title="APGD-CE",
        idea="gradient",
        sentence="PGD that starts with long strides and halves them, from its best point, wherever they stop paying.",
        paper="Croce and Hein 2020",
        link="https://arxiv.org/abs/2003.01690",
        build=_apgd_ce,
        knobs=(FUSION, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: 2 * epsilon,
        chart="stride",
    ),
    Recipe(
        name="apgd-dlr",
        title="APGD-DLR",
        idea="gradient",
        sentence="APGD on a loss that no rescaling of a network's answers can hide.",
        paper="Croce and Hein 2020",
        link="https://arxiv.org/abs/2003.01690",
        build=_apgd_dlr,
        knobs=(FUSION, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: 2 * epsilon,
        chart="stride",
    ),
)
