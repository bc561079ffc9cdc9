"""Randomised smoothing (Cohen et al. 2019): many looks through noise, and their vote."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier
from models.defences.defence import Defence
from models.defences.guard import Guarded, log_shares, normal
from models.defences.knobs import Number


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


ALPHA = Number(
    name="alpha",
    default=0.3,
    low=0.001,
    high=1,
    title="Abstention",
    help="Abstains where chance explains the lead better than this.",
)
SIGMA = Number(
    name="sigma",
    default=0.03,
    low=0,
    high=2,
    title="Noise",
    help="Standard deviation of the noise; a pixel runs from 0 to 1.",
)
COPIES = Number(
    name="draws",
    default=20,
    low=1,
    high=1000,
    title="Noisy copies",
    help="How many copies vote in a plain call, as an attacker makes it; `judge` is told.",
    whole=True,
    judged=True,
)

ROW = Defence(
    name="smoothing",
    title="Randomised smoothing",
    sentence="Shows the network many copies under random noise and lets them vote; it "
    "abstains when the vote is too close.",
    paper="Cohen et al. 2019",
    link="https://arxiv.org/abs/1902.02918",
    build=Smoothed,
    gradient="random",
    random=True,
    knobs=(SIGMA, COPIES, ALPHA),
)
