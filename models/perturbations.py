"""The attacks inside adversarial training and measuring: short, unrecorded, in pixel space, bounded in L-infinity."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def ascent(classifier: nn.Module, pixels: Tensor, labels: Tensor) -> Tensor:
    """The sign of the cross-entropy's gradient at these pixels."""
    pixels = pixels.detach().requires_grad_()
    loss = F.cross_entropy(classifier(pixels).float(), labels, reduction="sum")
    return torch.autograd.grad(loss, pixels)[0].sign()


def single_step(classifier: nn.Module, pixels: Tensor, labels: Tensor, epsilon: Tensor) -> Tensor:
    """FGSM. epsilon: `(N,1,1,1)`, a budget for each picture."""
    return (pixels + epsilon * ascent(classifier, pixels, labels)).clamp(0, 1)


def random_start_step(
    classifier: nn.Module, pixels: Tensor, labels: Tensor, epsilon: float, generator: torch.Generator
) -> Tensor:
    """FGSM from a random start, with a step of 1.25 epsilon (Wong et al., arXiv 2001.03994)."""
    start = (pixels + uniform(pixels, epsilon, generator)).clamp(0, 1)
    return project(start + 1.25 * epsilon * ascent(classifier, start, labels), pixels, epsilon)


def projected(
    classifier: nn.Module,
    pixels: Tensor,
    labels: Tensor,
    epsilon: float | Tensor,
    steps: int,
    generator: torch.Generator,
    step_size: float | None = None,
) -> Tensor:
    """PGD from a random start (Madry et al., arXiv 1706.06083).

    epsilon: one budget, or `(N,1,1,1)`. step_size: 2.5 epsilon / steps where not given.
    """
    stride = 2.5 * epsilon / steps if step_size is None else step_size
    moved = (pixels + uniform(pixels, epsilon, generator)).clamp(0, 1)
    for _ in range(steps):
        moved = project(moved + stride * ascent(classifier, moved, labels), pixels, epsilon)
    return moved


def project(moved: Tensor, pixels: Tensor, epsilon: float | Tensor) -> Tensor:
    """Back into the epsilon-ball around the pixels and into [0,1]."""
    return torch.minimum(torch.maximum(moved, pixels - epsilon), pixels + epsilon).clamp(0, 1)


def uniform(pixels: Tensor, epsilon: float | Tensor, generator: torch.Generator) -> Tensor:
    draws = torch.rand(pixels.shape, generator=generator, device=pixels.device)
    return epsilon * (2 * draws - 1)
