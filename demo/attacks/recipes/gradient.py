"""One gradient: attacks that follow the gradient of one fused loss."""

from __future__ import annotations

from demo.attacks.apgd import ApgdStep
from demo.attacks.attack import Attack, mean_logits
from demo.attacks.deepfool import DeepFool
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Number
from demo.attacks.objectives import ObjectiveFor, cross_entropy, fused_rule, fused_score, logits_ratio, margin
from demo.attacks.recipes.recipe import FUSION, MOMENTUM, RANDOM_START, VIEWS, Recipe, quarter
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


def _ascent(fusion: str) -> Attack:
    return Attack(Ascent(fusion), SignStep())


def _mi_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum))


def _ni_fgsm(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion), SignStep(momentum, nesterov=True))


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
