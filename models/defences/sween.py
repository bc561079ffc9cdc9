"""SWEEN (Liu et al. 2020): a weighted ensemble whose members share the noise of randomised smoothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.classifier import Classifier
from models.defences.defence import Defence
from models.defences.ensembles import Collective
from models.defences.knobs import Numbers
from models.defences.smoothing import ALPHA, COPIES, SIGMA, Smoothed


@dataclass(frozen=True)
class Weighted:
    """The logarithm of the members' weighted mean softmax; a class, so that the jury can be pickled."""

    logarithms: tuple[float, ...]

    def __call__(self, logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return (logits.log_softmax(2) + logits.new_tensor(self.logarithms)[:, None, None]).logsumexp(0)


def sween(
    members: Sequence[Classifier], sigma: float, weights: tuple[float, ...] | None, draws: int, alpha: float
) -> Classifier:
    """SWEEN, SEM's Eq. 3: the expectation over one noise of the members' weighted probabilities.

    weights: one for each member, at least 0, scaled to sum to 1; None weighs all alike. The paper learns them on
    training pictures; here they are given.
    """
    weights = weights or (1.0,) * len(members)
    if len(weights) != len(members) or not sum(weights):
        raise ValueError(f"weights has {len(weights)} numbers: give one for each of {len(members)}, not all 0.")
    logarithms = [math.log(weight / sum(weights)) if weight else -math.inf for weight in weights]
    return Smoothed(Collective(members, Weighted(tuple(logarithms))), sigma, draws, alpha)


ROW = Defence(
    name="sween",
    title="Smoothed jury",
    sentence="Several networks weigh their opinions on the same noisy copies, and the copies vote.",
    paper="Liu et al. 2020",
    link="https://arxiv.org/abs/2005.09363",
    build=sween,
    gradient="random",
    random=True,
    several=True,
    knobs=(
        SIGMA,
        Numbers(
            name="weights",
            default=None,
            low=0,
            high=1000,
            title="Weights",
            help="One for each network; none: all alike.",
        ),
        COPIES,
        ALPHA,
    ),
)
