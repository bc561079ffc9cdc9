"""Weigh the jury: attacks that decide, picture by picture, how much each surrogate counts."""

from __future__ import annotations

from functools import partial

from demo.attacks.adaea import AdaEa
from demo.attacks.attack import Attack
from demo.attacks.directions import Ascent
from demo.attacks.knobs import Choice, Flag, Number
from demo.attacks.mora import Mora
from demo.attacks.mora_step import MoraStep
from demo.attacks.mora_weights import MODES, jury_rule
from demo.attacks.recipes.recipe import FUSION, MOMENTUM, RANDOM_START, VIEWS, Recipe
from demo.attacks.steps import SignStep
from demo.attacks.weights import fooled_or_not, remaining_belief

DELTA_HIGH = Number(
    name="delta_high",
    default=4.0,
    low=1,
    high=100,
    title="Weight δ of a stubborn surrogate",
    help="Fooled surrogates weigh 1.",
)
BETA = Number(
    name="beta",
    default=10.0,
    low=0,
    high=1000,
    title="Contrast β",
    help="How far apart good and poor surrogates' weights are.",
)
THRESHOLD = Number(
    name="threshold",
    default=-0.3,
    low=-1,
    high=1,
    title="Threshold η",
    help="Pixels on which gradients agree less are left alone.",
)
MODE = Choice(
    name="mode",
    default="softmax",
    options=MODES,
    title="How the ensemble judges",
    help="By mean probabilities, by votes, by mean logits.",
)
BLEND = Number(
    name="beta",
    default=0.5,
    low=0,
    high=1,
    title="Blend β",
    help="1: the reweighed sub-models alone; 0: the ensemble alone.",
)
TAU = Number(
    name="tau",
    default=0.1,
    low=0.001,
    high=10,
    title="Temperature τ",
    help="How soft a vote is taken to be, where the ensemble votes.",
)
INERTIA = Number(
    name="inertia",
    default=0.75,
    low=0,
    high=1,
    title="Inertia ν",
    help="How much of a step is new; the rest repeats the last one.",
)
CARRIED = Flag(
    name="carried",
    default=True,
    title="Carry the aim along",
    help="As the paper has it; its authors' code begins each stride at the picture instead.",
)
SWEEP = Flag(
    name="sweep",
    default=False,
    title="Sweep β",
    help="Start afresh with other blends on what still stands, within the same steps: four or more each.",
)
TARGETS = Number(
    name="targets",
    default=0,
    low=0,
    high=999,
    title="Other labels",
    help="After that, head for this many other labels in turn, within the same steps.",
    whole=True,
)


def _ensemblefool_c(fusion: str, momentum: float, delta_high: float) -> Attack:
    return Attack(Ascent(fusion, weights=fooled_or_not(delta_high)), SignStep(momentum))


def _ensemblefool_a(fusion: str, momentum: float) -> Attack:
    return Attack(Ascent(fusion, weights=remaining_belief), SignStep(momentum))


def _mora(mode: str, beta: float, tau: float, inertia: float, carried: bool, sweep: bool, targets: int) -> Attack:
    direction = Mora(mode=mode, beta=beta, sweep=sweep, targets=targets, temperature=tau)
    step = MoraStep(inertia=inertia, carried=carried, starts=direction.starts)
    return Attack(direction, step, judged_by=partial(jury_rule, mode=mode))


def _adaea(fusion: str, momentum: float, beta: float, threshold: float) -> Attack:
    return Attack(AdaEa(fusion, beta=beta, threshold=threshold), SignStep(momentum))


ROWS = (
    Recipe(
        name="ensemblefool-c",
        title="EnsembleFool-C",
        idea="weigh",
        sentence="Listens four times as much to every juror that it has not fooled yet.",
        paper="Peng et al. 2021",
        link="https://doi.org/10.1016/j.cose.2021.102317",
        build=_ensemblefool_c,
        knobs=(FUSION, MOMENTUM, DELTA_HIGH, VIEWS),
        chart="weights",
    ),
    Recipe(
        name="ensemblefool-a",
        title="EnsembleFool-A",
        idea="weigh",
        sentence="Listens most to the juror who still believes the picture.",
        paper="Peng et al. 2021",
        link="https://doi.org/10.1016/j.cose.2021.102317",
        build=_ensemblefool_a,
        knobs=(FUSION, MOMENTUM, VIEWS),
        chart="weights",
    ),
    Recipe(
        name="mora",
        title="MORA",
        idea="weigh",
        sentence="Spends its steps on the jurors whose change of mind moves the jury's verdict most.",
        paper="Yu et al. 2022",
        link="https://arxiv.org/abs/2211.08008",
        build=_mora,
        knobs=(MODE, BLEND, TAU, INERTIA, CARRIED, SWEEP, TARGETS, RANDOM_START, VIEWS),
        default_step=lambda epsilon, steps: epsilon,
        chart="lambda",
    ),
    Recipe(
        name="adaea",
        title="AdaEA",
        idea="weigh",
        sentence="Listens most to the juror whose own advice fools the others too, and skips pixels where they clash.",
        paper="Chen et al. 2023",
        link="https://arxiv.org/abs/2308.02897",
        build=_adaea,
        knobs=(FUSION, MOMENTUM, BETA, THRESHOLD, VIEWS),
        forwards=lambda members, steps, knobs: (1 + members) * members * steps,
        members=2,
        chart="kept",
    ),
)
