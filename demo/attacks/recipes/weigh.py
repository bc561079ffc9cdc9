"""Weigh the jury: attacks that decide, picture by picture, how much each surrogate counts."""

from __future__ import annotations

from functools import partial

from demo.attacks.adaea import Adaptive
from demo.attacks.core import Attack
from demo.attacks.cosine import CosineStep
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Choice, Flag, Number
from demo.attacks.mora import MODES, ModelReweighing, verdict
from demo.attacks.recipes.recipe import FUSION, MOMENTUM, RANDOM_START, VIEWS, Recipe
from demo.attacks.steps import SignStep
from demo.attacks.weights import fooled_or_not, remaining_belief

DELTA_HIGH = Number("delta_high", 4.0, 1, 100, "Weight δ of a stubborn surrogate", "Fooled surrogates weigh 1.")
BETA = Number("beta", 10.0, 0, 1000, "Contrast β", "How far apart good and poor surrogates' weights are.")
THRESHOLD = Number("threshold", -0.3, -1, 1, "Threshold η", "Pixels on which gradients agree less are left alone.")
MODE = Choice("mode", "softmax", MODES, "How the ensemble judges", "By mean probabilities, by votes, by mean logits.")
BLEND = Number("beta", 0.5, 0, 1, "Blend β", "1: the reweighed sub-models alone; 0: the ensemble alone.")
TAU = Number("tau", 0.1, 0.001, 10, "Temperature τ", "How soft a vote is taken to be, where the ensemble votes.")
INERTIA = Number("inertia", 0.75, 0, 1, "Inertia ν", "How much of a step is new; the rest repeats the last one.")
SWEEP = Flag("sweep", False, "Sweep β", "Start afresh with other blends on what still stands, within the same steps.")
TARGETS = Number(
    "targets", 0, 0, 999, "Other labels", "Head for this many other labels in turn, within the same steps.", whole=True
)


def _ensemblefool_c(fusion: str, momentum: float, delta_high: float) -> Attack:
    return Attack(Ascent(fusion, fooled_or_not(delta_high)), SignStep(momentum))


def _ensemblefool_a(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion, remaining_belief), SignStep(momentum))


def _mora(mode: str, beta: float, tau: float, inertia: float, sweep: bool, targets: int) -> Attack:
    direction = ModelReweighing(mode, beta, sweep, targets, tau)
    return Attack(direction, CosineStep(inertia, direction.starts), verdict=partial(verdict, mode=mode))


def _adaea(fusion: str, momentum: float, beta: float, threshold: float) -> Attack:
    return Attack(Adaptive(fusion, beta, threshold), SignStep(momentum))


ROWS = (
    Recipe(
        "ensemblefool-c",
        "EnsembleFool-C",
        "weigh",
        "Listens four times as much to every juror that it has not fooled yet.",
        "Peng et al. 2021",
        "https://doi.org/10.1016/j.cose.2021.102317",
        _ensemblefool_c,
        (FUSION, MOMENTUM, DELTA_HIGH, VIEWS),
        chart="weights",
    ),
    Recipe(
        "ensemblefool-a",
        "EnsembleFool-A",
        "weigh",
        "Listens most to the juror who still believes the picture.",
        "Peng et al. 2021",
        "https://doi.org/10.1016/j.cose.2021.102317",
        _ensemblefool_a,
        (FUSION, MOMENTUM, VIEWS),
        chart="weights",
    ),
    Recipe(
        "mora",
        "MORA",
        "weigh",
        "Spends its steps on the jurors whose change of mind moves the jury's verdict most.",
        "Yu et al. 2022",
        "https://arxiv.org/abs/2211.08008",
        _mora,
        (MODE, BLEND, TAU, INERTIA, SWEEP, TARGETS, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: epsilon,
        chart="lambda",
    ),
    Recipe(
        "adaea",
        "AdaEA",
        "weigh",
        "Listens most to the juror whose own advice fools the others too, and skips pixels where they clash.",
        "Chen et al. 2023",
        "https://arxiv.org/abs/2308.02897",
        _adaea,
        (FUSION, MOMENTUM, BETA, THRESHOLD, VIEWS),
        passes=lambda members, steps, knobs: (2 + members) * members * steps,
        members=2,
        chart="kept",
    ),
)
