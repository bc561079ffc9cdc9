"""One gradient: attacks that follow the gradient of one fused loss."""

from __future__ import annotations

from demo.attacks.apgd import AutoStep
from demo.attacks.core import Attack, mean_logits
from demo.attacks.deepfool import NearestBorder
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Number
from demo.attacks.objectives import ObjectiveFor, cross_entropy, fused_score, fused_verdict, logits_ratio, margin
from demo.attacks.recipes.recipe import FUSION, MOMENTUM, RANDOM_START, VIEWS, Recipe, quarter
from demo.attacks.steps import Leap, SignStep

CONFIDENCE = Number("confidence", 50.0, 0, 1000, "Confidence κ", "How far the wrong class should lead, in logits.")
CANDIDATES = Number("candidates", 10, 1, 1000, "Candidates", "How many borders are measured.", whole=True)
OVERSHOOT = Number("overshoot", 0.02, 0, 1, "Overshoot η", "How far beyond the border each step goes.")


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
    return Attack(NearestBorder(candidates, overshoot), Leap(), verdict=mean_logits)


def _apgd(fusion: str, objective: ObjectiveFor) -> Attack:
    direction = Ascent(fusion, objective=objective)
    return Attack(direction, AutoStep(), best=fused_score(fusion, objective), verdict=fused_verdict(fusion))


def _apgd_ce(fusion: str) -> Attack:
    return _apgd(fusion, cross_entropy)


def _apgd_dlr(fusion: str) -> Attack:
    return _apgd(fusion, logits_ratio)


ROWS = (
    Recipe(
        "fgsm",
        "FGSM",
        "gradient",
        "One big step the way that hurts the surrogates most.",
        "Goodfellow et al. 2015",
        "https://arxiv.org/abs/1412.6572",
        _ascent,
        (FUSION, VIEWS),
        steps=1,
        chart="turn",
    ),
    Recipe(
        "i-fgsm",
        "I-FGSM",
        "gradient",
        "Many small steps, each the way that hurts most from where it stands.",
        "Kurakin et al. 2017",
        "https://arxiv.org/abs/1607.02533",
        _ascent,
        (FUSION, VIEWS),
        chart="turn",
    ),
    Recipe(
        "mi-fgsm",
        "MI-FGSM",
        "gradient",
        "Small steps with momentum: it keeps the way that has held so far, and travels better to other networks.",
        "Dong et al. 2018",
        "https://arxiv.org/abs/1710.06081",
        _mi_fgsm,
        (FUSION, MOMENTUM, VIEWS),
        chart="turn",
    ),
    Recipe(
        "ni-fgsm",
        "NI-FGSM",
        "gradient",
        "Like MI-FGSM, but it looks ahead to where its momentum is about to carry it.",
        "Lin et al. 2020",
        "https://arxiv.org/abs/1908.06281",
        _ni_fgsm,
        (FUSION, MOMENTUM, VIEWS),
        chart="turn",
    ),
    Recipe(
        "pgd",
        "PGD",
        "gradient",
        "Larger steps from a random start, pulled back whenever they leave the allowed range.",
        "Madry et al. 2018",
        "https://arxiv.org/abs/1706.06083",
        _ascent,
        (FUSION, RANDOM_START, VIEWS),
        default_step=quarter,
        chart="turn",
    ),
    Recipe(
        "cw",
        "C&W margin",
        "gradient",
        "PGD that widens the gap between the right class and the best wrong one, up to a wanted confidence.",
        "Carlini and Wagner 2017",
        "https://arxiv.org/abs/1608.04644",
        _cw,
        (FUSION, CONFIDENCE, RANDOM_START, VIEWS),
        default_step=quarter,
        chart="loss",
    ),
    Recipe(
        "deepfool",
        "DeepFool",
        "gradient",
        "Looks for the nearest border to another class and steps just over it.",
        "Moosavi-Dezfooli et al. 2016",
        "https://arxiv.org/abs/1511.04599",
        _deepfool,
        (CANDIDATES, OVERSHOOT, VIEWS),
        passes=lambda members, steps, knobs: knobs["candidates"] * members * steps,
        untargeted_because="it heads for the nearest wrong class, whichever that is.",
        chart="distance",
    ),
    Recipe(
        "apgd-ce",
        "APGD-CE",
        "gradient",
        "PGD that starts with long strides and halves them, from its best point, wherever they stop paying.",
        "Croce and Hein 2020",
        "https://arxiv.org/abs/2003.01690",
        _apgd_ce,
        (FUSION, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: 2 * epsilon,
        chart="stride",
    ),
    Recipe(
        "apgd-dlr",
        "APGD-DLR",
        "gradient",
        "APGD on a loss that no rescaling of a network's answers can hide.",
        "Croce and Hein 2020",
        "https://arxiv.org/abs/2003.01690",
        _apgd_dlr,
        (FUSION, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: 2 * epsilon,
        chart="stride",
    ),
)
