"""Randomised smoothing (Cohen et al. 2019), and SWEEN's weighted ensemble of smoothed members (Liu et al. 2020)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier
from models.defences.binomial import lower_bound
from models.defences.defence import Defence
from models.defences.ensembles import Collective
from models.defences.guard import Guarded, log_shares, normal
from models.defences.parameter import Parameter


@dataclass(frozen=True)
class Noise:
    """Adds Gaussian noise of standard deviation sigma (pixels in [0,1]) to every value; nothing is cut off."""

    sigma: float

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return pixels + self.sigma * normal(pixels, generator)


class Smoothed(Guarded):
    """g(x) = the class that f(x + noise) names most often (SEM's Eq. 1, judged by votes as in section 4.1).

    One `look` is f at one noisy copy: that is what `judge` and `certify` count. A plain call takes `draws` looks and
    gives the logarithm of each class's share of them, with the gradient of the mean probabilities.
    """

    def __init__(self, classifier: Classifier, sigma: float, draws: int, alpha: float) -> None:
        super().__init__(classifier, Noise(sigma))
        self.sigma = sigma
        self.draws = draws
        self.alpha = alpha

    def forward(self, pixels: Tensor) -> Tensor:
        soft = pixels.new_zeros(len(pixels), len(self.labels))
        hard = torch.zeros_like(soft)
        for _ in range(self.draws):
            probabilities = self.look(pixels, self.generator).softmax(1)
            soft = soft + probabilities / self.draws
            hard += F.one_hot(probabilities.argmax(1), hard.shape[1]) / self.draws
        return log_shares(hard, soft)


@dataclass(frozen=True)
class Certificate:
    """labels: `(N,)` the named class. radius: `(N,)` L2, in pixel units of 1, within which no change of the picture
    can alter it; 0 where abstains. abstains: `(N,)` bool. level: how sure the statement is, such as 0.999."""

    labels: Tensor
    radius: Tensor
    abstains: Tensor
    level: float


_CERTIFIED = (
    Parameter("selection", 20, 1, 1_000_000, "Looks that choose", "", True),
    Parameter("draws", 200, 1, 1_000_000, "Looks that count", "", True),
    Parameter("alpha", 0.001, 1e-9, 0.5, "Chance of a wrong certificate", ""),
)


@torch.no_grad()
def certify(
    classifier: Classifier,
    pixels: Tensor,
    *,
    selection: int = 20,
    draws: int = 200,
    alpha: float = 0.001,
    generator: torch.Generator | None = None,
) -> Certificate:
    """Cohen et al.'s CERTIFY: `selection` looks name a class, `draws` fresh ones bound its probability from below.

    With probability at least 1 - alpha for each picture, the smoothed class stays the same within
    radius = sigma * Phi^-1(bound); where the bound is not above 1/2, it abstains.
    """
    selection, draws, alpha = (
        limits.check(value) for limits, value in zip(_CERTIFIED, (selection, draws, alpha), strict=True)
    )
    if not isinstance(classifier, Smoothed) or classifier.sigma <= 0:
        raise ValueError(
            "Only a smoothed classifier with sigma above 0 has a certified radius: use smoothing or sween."
        )
    labels = _count(classifier, pixels, selection, generator).argmax(1)
    hits = _count(classifier, pixels, draws, generator).gather(1, labels[:, None]).squeeze(1).tolist()
    bounds = [lower_bound(hit, draws, alpha) for hit in hits]
    radius = [classifier.sigma * NormalDist().inv_cdf(bound) if bound > 0.5 else 0.0 for bound in bounds]
    abstains = torch.tensor([bound <= 0.5 for bound in bounds], device=pixels.device)
    return Certificate(labels, torch.tensor(radius, device=pixels.device), abstains, 1 - alpha)


def _count(classifier: Smoothed, pixels: Tensor, looks: int, generator: torch.Generator | None) -> Tensor:
    counts = torch.zeros(len(pixels), len(classifier.labels), dtype=torch.long, device=pixels.device)
    for _ in range(looks):
        counts += F.one_hot(classifier.look(pixels, generator).argmax(1), counts.shape[1])
    return counts


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

    def weighted(logits: Tensor, generator: torch.Generator | None) -> Tensor:
        return (logits.log_softmax(2) + logits.new_tensor(logarithms)[:, None, None]).logsumexp(0)

    return Smoothed(Collective(members, weighted), sigma, draws, alpha)


ALPHA = Parameter("alpha", 0.3, 0.001, 1, "Abstention", "Abstains where chance explains the lead better than this.")
_SIGMA = Parameter("sigma", 0.03, 0, 2, "Noise", "Standard deviation of the noise; a pixel runs from 0 to 1.")
DRAWS = Parameter(
    "draws",
    20,
    1,
    1000,
    "Noisy copies",
    "How many copies vote in a plain call, as an attacker makes it; `judge` is told.",
    True,
)

SMOOTHING = Defence(
    "smoothing",
    "Randomised smoothing",
    "Shows the network many copies under random noise and lets them vote; it abstains when the vote is too close.",
    "Cohen et al. 2019",
    "https://arxiv.org/abs/1902.02918",
    Smoothed,
    gradient="random",
    random=True,
    parameters=(_SIGMA, DRAWS, ALPHA),
)
SWEEN = Defence(
    "sween",
    "Smoothed jury",
    "Several networks weigh their opinions on the same noisy copies, and the copies vote.",
    "Liu et al. 2020",
    "https://arxiv.org/abs/2005.09363",
    sween,
    gradient="random",
    random=True,
    several=True,
    parameters=(
        _SIGMA,
        Parameter("weights", None, 0, 1000, "Weights", "One for each network; none: all alike.", several=True),
        DRAWS,
        ALPHA,
    ),
)
