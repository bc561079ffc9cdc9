"""Views: what the surrogates are shown in place of the picture itself, and the input transformations that draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

View = Callable[[Tensor], Tensor]
"""A differentiable change of what the surrogates look at, `(N,3,H,W)` to `(N,3,h,w)`."""


def as_it_is(pictures: Tensor) -> Tensor:
    return pictures


def one_view(like: Tensor, generator: torch.Generator) -> tuple[View, ...]:
    return (as_it_is,)


@dataclass(frozen=True)
class Transform:
    """An input transformation: views over which gradients are averaged, and a filter of the average.

    title, sentence, paper, link: its words.
    views: how many views one iteration draws.
    draw: from a picture batch (for its size) and the run's generator to this iteration's views.
    smooth: from the averaged gradient `(N,3,H,W)` to the filtered one.
    """

    title: str
    sentence: str
    paper: str
    link: str
    views: int = 1
    draw: Callable[[Tensor, torch.Generator], tuple[View, ...]] = one_view
    smooth: Callable[[Tensor], Tensor] = as_it_is


def draw(transforms: Sequence[Transform], like: Tensor, generator: torch.Generator) -> tuple[View, ...]:
    """Every combination of the transforms' own views, the first transform applied first."""
    drawn = [transform.draw(like, generator) for transform in transforms]
    return tuple(_chain(views) for views in product(*drawn))


def is_plain(transforms: Sequence[Transform]) -> bool:
    """Whether, with these, the surrogates are shown the pictures just as they are."""
    return all(transform.draw is one_view for transform in transforms)


def smoothed(gradient: Tensor, transforms: Sequence[Transform]) -> Tensor:
    """The gradient `(N,3,H,W)` after each transform's filter in turn."""
    for transform in transforms:
        gradient = transform.smooth(gradient)
    return gradient


def _chain(views: Sequence[View]) -> View:
    def view(pictures: Tensor) -> Tensor:
        for one in views:
            pictures = one(pictures)
        return pictures

    return view
