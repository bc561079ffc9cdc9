"""What a purifier is asked to minimise; the signature is that of `models/training/objectives.py`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models import perturbations
from models.training.features import features
from models.training.objectives import Batch, drawn

STAGE = 2  # of the ResNet in whose features NRP measures: about where the paper looks into its VGG


def denoising(
    purifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
) -> Tensor:
    """HGD's logits guidance (Liao et al., arXiv 1712.02976): the guide, which is the first of the others, shall say
    of the purified adversarial picture what it says of the clean one; mean distance of logits.

    Pictures come from PGD of one to three steps on one of the others, drawn for each batch, with budgets uniform
    between 0 and epsilon for each picture. The paper prepares its pictures once; these are made anew.
    """
    guide, source = others[0], drawn(others, batch, generator)
    device = batch.pixels.device
    steps = 1 + int(torch.randint(3, (), generator=generator, device=device))
    budgets = epsilon * torch.rand((len(batch.pixels), 1, 1, 1), generator=generator, device=device)
    moved = perturbations.projected(source, batch.pixels, batch.labels, budgets, steps, generator)
    with torch.no_grad():
        wanted = guide(batch.pixels)
    distance: Tensor = guide(purifier(moved)) - wanted
    return distance.float().abs().mean()


def compressing(
    purifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
) -> Tensor:
    """ComDefend (Jia et al., arXiv 1811.12673): redraw clean pictures from a short, noisy code.

    The paper weighs the code's mean square by 1e-4. With its noise of 20 the code then stays smaller than the noise,
    and what is redrawn too coarse for a network; here it is 1e-6.
    """
    code: Tensor = purifier.get_submodule("compress")(batch.pixels)
    redrawn: Tensor = purifier(batch.pixels)
    return (redrawn - batch.pixels).float().square().mean() / 2 + 1e-6 * code.float().square().mean()


def self_supervised(
    purifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
    *,
    epsilon: float,
    steps: int,
    fidelity: float,
) -> Tensor:
    """NRP (Naseer et al., arXiv 2006.04924), Eq. 4-8: give the features of the clean picture back to the disturbed one.

    The disturbance is the paper's own, which needs no labels: the signed ascent on the distance between the features
    of the disturbed picture and those of the clean one, from a random start. The loss is the mean distance of
    features plus `fidelity` times that of pixels. The paper adds a critic that tells purified pictures from clean
    ones, and a hundred steps; both are left out for the sake of laptops.
    """
    (network,) = others
    with torch.no_grad():
        wanted = features(network, batch.pixels, STAGE)
    moved = disturbed(network, batch.pixels, wanted, epsilon, steps, generator)
    purified: Tensor = purifier(moved)
    apart = (features(network, purified, STAGE) - wanted).float().abs().mean() / wanted.float().abs().mean()
    return apart + fidelity * (purified - batch.pixels).float().square().flatten(1).mean(1).sqrt().mean()


def disturbed(
    network: nn.Module, pixels: Tensor, wanted: Tensor, epsilon: float, steps: int, generator: torch.Generator
) -> Tensor:
    """NRP's self-supervised perturbation (its algorithm 1), in steps of 2.5 epsilon / steps."""
    moved = (pixels + perturbations.uniform(pixels, epsilon, generator)).clamp(0, 1)
    for _ in range(steps):
        moved = moved.detach().requires_grad_()
        distance = (features(network, moved, STAGE) - wanted).float().abs().sum()
        slope = torch.autograd.grad(distance, moved)[0].sign()
        moved = perturbations.project(moved + 2.5 * epsilon / steps * slope, pixels, epsilon)
    return moved.detach()
