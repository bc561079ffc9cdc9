"""The certificate of a smoothed classifier (Cohen et al. 2019): a radius within which nothing can change its mind."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Classifier
from models.defences.binomial import lower_bound
from models.defences.knobs import Number
from models.defences.smoothing import Smoothed


@dataclass(frozen=True)
class Certificate:
    """labels: `(N,)` the named class. radius: `(N,)` L2, in pixel units of 1, within which no change of the picture
    can alter it; 0 where abstains. abstains: `(N,)` bool. level: how sure the statement is, such as 0.999."""

    labels: Tensor
    radius: Tensor
    abstains: Tensor
    level: float


SELECTION = Number(name="selection", default=20, low=1, high=1_000_000, title="Looks that choose", help="", whole=True)
COUNTED = Number(name="draws", default=200, low=1, high=1_000_000, title="Looks that count", help="", whole=True)
RISK = Number(name="alpha", default=0.001, low=1e-9, high=0.5, title="Chance of a wrong certificate", help="")


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

    Args:
        classifier: one behind `smoothing` or `sween`, with sigma above 0.
        pixels: `(N,3,H,W)` in [0,1], N at least 1.
        selection: how many looks name the class, from 1 to 1,000,000.
        draws: how many looks count its votes, from 1 to 1,000,000.
        alpha: the chance of a wrong certificate, from 1e-9 to 0.5.
        generator: what the looks draw from; equal seeds give equal certificates. None is torch's own.

    Returns:
        A `Certificate`: for each picture the class, its radius and whether the classifier abstains.

    Raises:
        ValueError: for a number out of its range, or a classifier that is not smoothed.
    """
    selection, draws = int(SELECTION.check(selection)), int(COUNTED.check(draws))
    alpha = RISK.check(alpha)
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
