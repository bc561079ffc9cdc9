"""What a network is asked to minimise: each objective is one function of a batch, returning a scalar loss.

All share one signature, so that the loop knows none of them:
classifier: the network in training mode, from pixels in [0,1] to logits; or the purifier, from pixels to pixels.
batch: augmented pictures and their classes.
generator: where an objective's draws come from, on the device of the batch.
others: finished classifiers, in evaluation mode, for the objectives that ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models import perturbations
from models.classifier import Classifier
from models.defences import defend


@dataclass(frozen=True)
class Batch:
    """pixels: views `(N,3,S,S)` in [0,1] at the size of the epoch. sharp: the same views at full size.

    labels: `(N,)` classes.
    """

    pixels: Tensor
    sharp: Tensor
    labels: Tensor


Objective = Callable[[nn.Module, Batch, torch.Generator, Sequence[nn.Module]], Tensor]

SMOOTHING = 0.1


def smoothed_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy with label smoothing, in single precision whatever the network computed in."""
    return F.cross_entropy(logits.float(), labels, label_smoothing=SMOOTHING)


def clean(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
) -> Tensor:
    """Ordinary training."""
    return smoothed_cross_entropy(classifier(batch.pixels), batch.labels)


def distilled(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    share: float,
    temperature: float,
) -> Tensor:
    """Learning from the others' mean prediction (Hinton et al., arXiv 1503.02531).

    share: the weight of the teachers; the rest is that of the labels.
    """
    with torch.no_grad():
        lessons = [F.softmax(teacher(batch.sharp).float() / temperature, dim=1) for teacher in others]
    logits = classifier(batch.pixels).float()
    taught = F.kl_div(F.log_softmax(logits / temperature, dim=1), torch.stack(lessons).mean(0), reduction="batchmean")
    return share * temperature**2 * taught + (1 - share) * smoothed_cross_entropy(logits, batch.labels)


def fast_adversarial(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
) -> Tensor:
    """Fast adversarial training: FGSM from a random start (Wong et al., arXiv 2001.03994)."""
    moved = perturbations.random_start_step(classifier, batch.pixels, batch.labels, epsilon, generator)
    return smoothed_cross_entropy(classifier(moved), batch.labels)


def projected_adversarial(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
    steps: int,
) -> Tensor:
    """PGD adversarial training (Madry et al., arXiv 1706.06083)."""
    moved = perturbations.projected(classifier, batch.pixels, batch.labels, epsilon, steps, generator)
    return smoothed_cross_entropy(classifier(moved), batch.labels)


def ensemble_adversarial(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
) -> Tensor:
    """Ensemble adversarial training (Tramèr et al., arXiv 1705.07204).

    Each batch's FGSM pictures come from one network drawn among the fixed ones and the learner itself; clean
    and perturbed pictures count equally. Budgets follow that paper's ImageNet networks, |N(0, epsilon / 2)| for
    each picture, except that draws beyond epsilon are clamped rather than drawn again.
    """
    source = drawn([*others, classifier], batch, generator)
    scale = torch.randn((len(batch.pixels), 1, 1, 1), generator=generator, device=batch.pixels.device)
    budgets = (scale.abs() * epsilon / 2).clamp(max=epsilon)
    moved = perturbations.single_step(source, batch.pixels, batch.labels, budgets)
    logits = classifier(torch.cat([batch.pixels, moved]))
    return smoothed_cross_entropy(logits, torch.cat([batch.labels, batch.labels]))


def noisy(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    sigma: float,
) -> Tensor:
    """Training under Gaussian noise, for randomised smoothing (Cohen et al., arXiv 1902.02918).

    sigma: the noise's standard deviation in pixel values of [0,1]; noisy pixels are not clipped, as there.
    """
    noise = sigma * torch.randn(batch.pixels.shape, generator=generator, device=batch.pixels.device)
    return smoothed_cross_entropy(classifier(batch.pixels + noise), batch.labels)


def behind(
    classifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    defence: str,
    **settings: float,
) -> Tensor:
    """Training on what a defence of the table lets through, such as TREND's quantised pictures (arXiv 2008.01524)."""
    assert isinstance(classifier, Classifier)
    return smoothed_cross_entropy(defend(defence, classifier, **settings).look(batch.pixels, generator), batch.labels)


def drawn(networks: Sequence[nn.Module], batch: Batch, generator: torch.Generator) -> nn.Module:
    """One of the networks, the same for the whole batch."""
    return networks[int(torch.randint(len(networks), (), generator=generator, device=batch.pixels.device))]
