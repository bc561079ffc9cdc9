"""How much is looked at at once: so many pictures that the surrogates' graphs fit; if need be, one graph at a time.

A way back needs what a network has kept of its way there, a share of every pixel. Two things keep that bounded, both
without another outcome: a large batch is taken in portions (`portions`), since no picture knows its neighbours; and
where even one picture is too much for all surrogates together, their graphs are held one after the other (`Probe`),
which asks each surrogate once more, without a graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks.abreast import pixels
from demo.attacks.looks import at_random
from demo.attacks.surrogates import Surrogate

PIXELS = 1_500_000
"""Of pictures, times surrogates, through which graphs lead at once: some ten pictures of 224 pixels a side for three
networks, which takes 0.5 to 3 GB (`BYTES`). Change it, before a run, for another machine."""
BYTES = 2048
"""What a graph keeps of a pixel, at most: from 300 (a small ResNet) to 1,800 (a MobileNet) among the built-in networks.
On a GPU as many pixels fit as take half its memory."""


@dataclass(frozen=True)
class AtOnce:
    """pictures: how many at once, 1 or more. apart: whether each surrogate's graph is held alone."""

    pictures: int
    apart: bool = False


def at_once(surrogates: Sequence[Surrogate], images: Tensor) -> AtOnce:
    """What fits of pictures like these, `(N,3,H,W)`.

    Surrogates that answer by lot are never held apart: asked twice they answer twice, and a gradient belongs to one
    answer.
    """
    fit = _pixels(images.device) // pixels(surrogates, images)
    together = fit // max(len(surrogates), 1)
    if together or any(at_random(one) for one in surrogates):
        return AtOnce(max(together, 1))
    return AtOnce(max(fit, 1), apart=len(surrogates) > 1)


def _pixels(device: torch.device) -> int:
    if device.type != "cuda":
        return PIXELS
    return max(PIXELS, torch.cuda.get_device_properties(device).total_memory // 2 // BYTES)
