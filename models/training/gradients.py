"""Objectives of the sub-models' input gradients: their second derivatives, by differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import torch
from torch import Tensor
from torch.nn import functional as F

from models.classifier import Ensemble

REACH = 0.003
"""How far a difference reaches, per pixel value, as a root mean square: where, on the baseline trio, it points most
nearly where second derivatives would, for GAL's cosines and for TRS's lengths. Longer ones lose the lengths."""


def shaped(
    ensemble: Ensemble, pixels: Tensor, labels: Tensor, regulariser: Callable[[Sequence[Tensor]], Tensor]
) -> tuple[Tensor, Tensor]:
    """Each sub-model's mean cross-entropy, `(M,)`, and a regulariser of their input gradients, to be minimised.

    The regulariser takes one gradient for each sub-model, each picture's by itself, and gives a scalar. Its gradient
    in the weights is a second derivative; with v its derivative by an input gradient, it is that of
    <v, dL/dx>, here by a difference: that of (L(x + hv) - L(x)) / h. On a CPU, second derivatives of convolutions
    take ten times longer. For smooth networks the two agree. With rectifiers they do not, because the difference
    feels the kinks, which a derivative passes over; it leads down all the same.
    """
    pixels = pixels.detach().requires_grad_()
    each = [F.cross_entropy(member.float(), labels, reduction="none") for member in ensemble(pixels)]
    gradients = [torch.autograd.grad(losses.sum(), pixels, retain_graph=True)[0].float() for losses in each]
    leaves = [gradient.detach().requires_grad_() for gradient in gradients]
    value = regulariser(leaves)
    change = torch.zeros((), device=pixels.device)
    for member, losses, pull in zip(ensemble.members, each, torch.autograd.grad(value, leaves), strict=True):
        length = pull.flatten(1).norm(dim=1)
        unit = pull / length.clamp_min(1e-20)[:, None, None, None]
        reach = REACH * pixels[0].numel() ** 0.5
        moved = F.cross_entropy(member(pixels.detach() + reach * unit).float(), labels, reduction="none")
        change = change + (length / reach * (moved - losses)).sum()
    return torch.stack([losses.mean() for losses in each]), value.detach() + change - change.detach()


def cosines(gradients: Sequence[Tensor]) -> list[Tensor]:
    """Of all pairs, `(N,)` each."""
    flat = [gradient.flatten(1) for gradient in gradients]
    return [F.cosine_similarity(first, second, dim=1) for first, second in combinations(flat, 2)]
