"""What a purifier is asked to minimise; the signature is that of `models/training/objectives.py`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.training import perturbations
from models.training.objectives import Batch, drawn


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

    Pictures come from PGD of one to four steps on one of the others, drawn for each batch, with budgets uniform
    between 0 and epsilon for each picture. The paper prepares its pictures once; these are made anew.
    """
    guide, source = others[0], drawn(others, batch, generator)
    device = batch.pixels.device
    steps = 1 + int(torch.randint(4, (), generator=generator, device=device))
    budgets = epsilon * torch.rand((len(batch.pixels), 1, 1, 1), generator=generator, device=device)
    moved = perturbations.projected(source, batch.pixels, batch.labels, budgets, steps, generator)
    with torch.no_grad():
        wanted = guide(batch.pixels)
    return (guide(purifier(moved)) - wanted).float().abs().mean()


def compressing(
    purifier: nn.Module,
    batch: Batch,
    generator: torch.Generator,
    others: Sequence[nn.Module],
) -> Tensor:
    """ComDefend (Jia et al., arXiv 1811.12673): redraw clean pictures from a short, noisy code."""
    code = purifier.get_submodule("compress")(batch.pixels)
    redrawn = purifier(batch.pixels)
    return (redrawn - batch.pixels).float().square().mean() / 2 + 1e-4 * code.float().square().mean()
