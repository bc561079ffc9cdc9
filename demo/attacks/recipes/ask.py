"""Ask only: attacks that see nothing but the probabilities of a classifier's answers."""

from __future__ import annotations

from demo.attacks.attack import Attack
from demo.attacks.knobs import Number
from demo.attacks.query import Query, coins, gaussian, lead, surprise
from demo.attacks.recipes.recipe import Recipe
from demo.attacks.steps import SignStep

QUERIES = Number(
    name="queries",
    default=5000,
    low=1,
    high=10_000_000,
    title="Queries",
    help="Answers it may ask for, of all networks.",
    whole=True,
)
# 0.9 is what the authors of NES keep of the earlier direction, and Adam for SPSA: ten steps count, not one.
MOMENTUM = Number(
    name="momentum",
    default=0.9,
    low=0,
    high=2,
    title="Momentum μ",
    help="How much of the earlier direction each step keeps.",
)
SIGMA = Number(
    name="sigma", default=0.001, low=1e-6, high=1, title="Search radius σ", help="How far from the picture it asks."
)
DELTA = Number(
    name="delta", default=0.01, low=1e-6, high=1, title="Search radius δ", help="How far from the picture it asks."
)


def _nes(queries: int, momentum: float, sigma: float) -> Attack:
    return Attack(Query(draw=gaussian, worth=surprise, queries=queries, radius=sigma), SignStep(momentum))


def _spsa(queries: int, momentum: float, delta: float) -> Attack:
    return Attack(Query(draw=coins, worth=lead, queries=queries, radius=delta), SignStep(momentum))


ROWS = (
    Recipe(
        name="nes",
        title="NES",
        idea="ask",
        sentence="Sees no gradient: asks about hundreds of slightly noisy copies and goes where doubt grows.",
        paper="Ilyas et al. 2018",
        link="https://arxiv.org/abs/1804.08598",
        build=_nes,
        knobs=(QUERIES, MOMENTUM, SIGMA),
        forwards=lambda members, steps, knobs: knobs["queries"],
        chart="margin",
    ),
    Recipe(
        name="spsa",
        title="SPSA",
        idea="ask",
        sentence="Sees no gradient: flips a coin for every pixel, asks both ways, and keeps what helps.",
        paper="Uesato et al. 2018",
        link="https://arxiv.org/abs/1802.05666",
        build=_spsa,
        knobs=(QUERIES, MOMENTUM, DELTA),
        forwards=lambda members, steps, knobs: knobs["queries"],
        chart="margin",
    ),
)
