"""Ensemble defences: sub-models that are trained together to err differently.

The signature is that of `models/training/objectives.py`, with an `Ensemble` for the classifier: its logits are
`(M,N,C)`. Every loss is a mean over pictures, so that its size does not depend on the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.classifier import Classifier, Ensemble
from models.perturbations import project, projected
from models.training.features import STAGES, features
from models.training.gradients import cosines, shaped
from models.training.objectives import Batch, smoothed_cross_entropy


def independent(
    ensemble: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
) -> Tensor:
    """The baseline: each sub-model by itself, on the same views; the sum of their losses."""
    return torch.stack([smoothed_cross_entropy(logits, batch.labels) for logits in ensemble(batch.pixels)]).sum()


def adaptive_diversity(
    ensemble: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    alpha: float,
    beta: float,
) -> Tensor:
    """ADP (Pang et al., arXiv 1901.08846), Eq. 5-6: entropy of the mean prediction, and volume between the others.

    The cross-entropies, without smoothing as there, minus alpha H(mean) and beta log(ED), where ED is the squared
    volume that the sub-models' predictions span once the true class is left out and each is scaled to length 1.
    """
    logits: Tensor = ensemble(batch.pixels).float()
    loss = sum((F.cross_entropy(member, batch.labels) for member in logits), torch.zeros((), device=logits.device))
    shares = logits.softmax(2)
    mean = shares.mean(0)
    entropy = -(mean * (mean + 1e-20).log()).sum(1).mean()
    return loss - alpha * entropy - beta * log_volume(shares, batch.labels).mean()


def log_volume(shares: Tensor, labels: Tensor) -> Tensor:
    """ADP's log(ED): of predictions `(M,N,C)`, for each picture, `(N,)`; 0 where they are orthogonal."""
    false = torch.ones_like(shares[0], dtype=torch.bool).scatter_(1, labels[:, None], False)
    rest = torch.stack([member[false].view(len(labels), -1) for member in shares], dim=1)
    rest = F.normalize(rest, dim=2)
    with torch.autocast(rest.device.type, enabled=False):  # in half precision the volume would come out negative
        gram = rest @ rest.transpose(1, 2) + 1e-6 * torch.eye(len(shares), device=shares.device)
        return torch.logdet(gram)


def gradient_alignment(
    ensemble: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    weight: float,
) -> Tensor:
    """GAL (Kariyappa and Qureshi, arXiv 1901.09981), Eq. 6-8: log-sum-exp of the cosines between input gradients.

    The mean cross-entropy plus weight times log sum exp(cos) over pairs of sub-models; see `shaped` for the second
    derivatives.
    """

    def alike(gradients: Sequence[Tensor]) -> Tensor:
        return weight * torch.stack(cosines(gradients)).logsumexp(0).mean()

    losses, regulariser = shaped(cast(Ensemble, ensemble), batch.pixels, batch.labels, alike)
    return losses.mean() + regulariser


def transferability_reduced(
    ensemble: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    similarity: float,
    smoothness: float,
    epsilon: float,
    steps: int,
) -> Tensor:
    """TRS (Yang et al., arXiv 2104.00671), section 4: no gradients alike, none large.

    The cross-entropies plus `similarity` times the mean |cos| of input gradients over pairs, plus `smoothness` times
    the mean length of the gradients at the worst point within epsilon. The paper looks for that point by following
    the length itself, which takes second derivatives at each step; here it is where PGD on the ensemble ends,
    for half of the batch.
    """

    def alike(gradients: Sequence[Tensor]) -> Tensor:
        return similarity * torch.stack(cosines(gradients)).abs().mean()

    def steep(gradients: Sequence[Tensor]) -> Tensor:
        return smoothness * torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).mean()

    members = cast(Ensemble, ensemble)
    losses, similar = shaped(members, batch.pixels, batch.labels, alike)
    half = len(batch.labels) // 2
    worst = projected(Mean(members), batch.pixels[:half], batch.labels[:half], epsilon, steps, generator)
    _, rough = shaped(members, worst, batch.labels[:half], steep)
    return losses.sum() + similar + rough


def vulnerability_diversity(
    ensemble: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
    steps: int,
) -> Tensor:
    """DVERGE (Yang et al., arXiv 2009.14720), Eq. 4 and algorithm 1: each learns from what misleads the others.

    For each sub-model, pictures near the batch that look to it, at a stage drawn for the batch, like others of the
    batch ("distilled non-robust features"); every other sub-model learns their true classes. The paper takes ten
    steps of a tenth of epsilon; here fewer and longer ones.
    """
    members = cast(Ensemble, ensemble).members
    device = batch.pixels.device
    order = torch.randperm(len(batch.pixels), generator=generator, device=device)
    stage = int(torch.randint(STAGES, (), generator=generator, device=device))
    total = torch.zeros((), device=device)
    for teacher in members:
        misleading = distilled(teacher, batch.pixels[order], batch.pixels, epsilon, steps, stage)
        for student in members:
            if student is not teacher:
                total = total + smoothed_cross_entropy(student(misleading), batch.labels)
    return total


def distilled(teacher: Classifier, wanted: Tensor, near: Tensor, epsilon: float, steps: int, stage: int) -> Tensor:
    """DVERGE's Eq. 1: pictures within epsilon of `near` whose features at that stage are like those of `wanted`."""
    with torch.no_grad():
        goal = features(teacher, wanted, stage)
    moved = near
    for _ in range(steps):
        moved = moved.detach().requires_grad_()
        distance = (features(teacher, moved, stage) - goal).float().square().flatten(1).sum(1)
        slope = torch.autograd.grad(distance.sum(), moved)[0].sign()
        moved = project(moved - epsilon / steps * slope, near, epsilon)
    return moved.detach()


class Mean(nn.Module):
    """The ensemble as one network, by the mean of its logits."""

    def __init__(self, ensemble: Ensemble) -> None:
        super().__init__()
        self.ensemble = ensemble

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.ensemble(pixels)
        return logits.mean(0)
