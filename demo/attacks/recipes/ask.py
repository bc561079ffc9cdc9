"""Ask only: attacks that see nothing but the probabilities of a classifier's answers."""

from __future__ import annotations

from demo.attacks.core import Attack
from demo.attacks.knobs import Number
from demo.attacks.query import Asking, coins, gaussian, lead, surprise
from demo.attacks.recipes.recipe import Recipe
from demo.attacks.steps import SignStep

QUERIES = Number("queries", 5000, 1, 10_000_000, "Queries", "Answers it may ask for, of all networks.", whole=True)
# 0.9 is what the authors of NES keep of the way so far, and Adam for SPSA: answers of ten steps count, not of one.
MOMENTUM = Number("momentum", 0.9, 0, 2, "Momentum μ", "How much of the way so far each step keeps.")
SIGMA = Number("sigma", 0.001, 1e-6, 1, "Search radius σ", "How far from the picture it asks.")
DELTA = Number("delta", 0.01, 1e-6, 1, "Search radius δ", "How far from the picture it asks.")


def _nes(queries: int, momentum: float, sigma: float) -> Attack:
    return Attack(Asking(gaussian, surprise, queries, sigma), SignStep(momentum))


def _spsa(queries: int, momentum: float, delta: float) -> Attack:
    return Attack(Asking(coins, lead, queries, delta), SignStep(momentum))


ROWS = (
    Recipe(
        "nes",
        "NES",
        "ask",
        "Sees no gradient: asks about hundreds of slightly noisy copies and goes where doubt grows.",
        "Ilyas et al. 2018",
        "https://arxiv.org/abs/1804.08598",
        _nes,
        (QUERIES, MOMENTUM, SIGMA),
        passes=lambda members, steps, knobs: knobs["queries"],
        chart="margin",
    ),
    Recipe(
        "spsa",
        "SPSA",
        "ask",
        "Sees no gradient: flips a coin for every pixel, asks both ways, and keeps what helps.",
        "Uesato et al. 2018",
        "https://arxiv.org/abs/1802.05666",
        _spsa,
        (QUERIES, MOMENTUM, DELTA),
        passes=lambda members, steps, knobs: knobs["queries"],
        chart="margin",
    ),
)
