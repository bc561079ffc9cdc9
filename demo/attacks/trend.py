"""TREND's directions (Ravikumar et al. 2022, section V): how the surrogates' own gradients are put together.

The paper's point is gradient domination: in a mean of gradients the loudest surrogate decides alone, in a mean
of their signs each has one vote a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import Measure, Reading
from demo.attacks.probe import Probe
from demo.attacks.task import Task


def mean_gradient(gradients: Tensor) -> Tensor:
    """D-AG, Eq. 5: the step's sign is that of the mean of the gradients `(M,N,3,H,W)`."""
    return gradients.mean(0)


def mean_sign(gradients: Tensor) -> Tensor:
    """A-GD, Eq. 7: the mean of the gradients' signs."""
    return gradients.sign().mean(0)


def unanimous_sign(gradients: Tensor) -> Tensor:
    """U-GD, Eq. 6: the mean of the signs where all agree, 0 elsewhere."""
    total = gradients.sign().sum(0)
    return (total / len(gradients)).masked_fill(total.abs() < len(gradients), 0)


@dataclass(frozen=True)
class Trend:
    """A direction from every surrogate's own gradient of its cross-entropy.

    combine: from the gradients `(M,N,3,H,W)` to a direction `(N,3,H,W)`.
    details: `agreement`, of `all`, `most` and `few`, each `(N,)`: the share of colour values on whose sign all
    surrogates agree, more than half (but not all), or fewer. `followed`, `(M,N)`: the share on which the step
    goes each surrogate's own way.
    """

    combine: Callable[[Tensor], Tensor]

    def begin(self, probe: Probe, task: Task) -> Measure:
        def measure(pictures: Tensor, step: int) -> Reading:
            gradients, logits = probe.members(pictures)
            direction = self.combine(gradients)
            return Reading(direction, logits, details=_details(gradients, direction))

        return measure


def _details(gradients: Tensor, direction: Tensor) -> Mapping[str, Any]:
    signs = gradients.sign()
    largest_camp = (signs > 0).sum(0).maximum((signs < 0).sum(0)).flatten(1)
    everyone = largest_camp == len(signs)
    most = (largest_camp * 2 > len(signs)) & ~everyone
    shares = {"all": everyone, "most": most, "few": ~everyone & ~most}
    followed = ((signs == direction.sign()) & (signs != 0)).flatten(2)
    return {
        "agreement": {name: share.to(gradients).mean(1) for name, share in shares.items()},
        "followed": followed.to(gradients).mean(2),
    }


def majority(logits: Tensor, task: Task, step: int) -> Tensor:
    """EMPIR-style weights (Sen et al. 2020; TREND V-A1): alike for those who voted for the jury's class, else 0.

    The jury's class has the most votes; TREND draws one of the equals at random, here the higher mean probability
    decides, so that runs repeat.
    """
    classes = logits.shape[-1]
    votes = F.one_hot(logits.argmax(-1), classes).to(logits)
    winner = (votes.sum(0) + logits.softmax(-1).mean(0) / 2).argmax(-1)
    joined = (logits.argmax(-1) == winner).to(logits)
    return joined / joined.sum(0)
