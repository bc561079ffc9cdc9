"""Ways back from the surrogates' answers: through all graphs at once, or through one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

from demo.attacks.surrogates import Answers

Wanted = tuple[Tensor, int]
"""Losses `(N,)` whose gradient is wanted, and through how many surrogates it goes back.

Losses without a graph, detached, want none: their gradient is 0, and nothing is spent on it.
"""

FromAnswers = Callable[[Answers], list[Wanted]]

AskOne = Callable[[int, FromAnswers], tuple[Answers, list[Tensor]]]
"""From a surrogate's index and losses of its answer alone to that answer and the losses' gradients `(N,3,H,W)`."""

SAME = 1e-3
"""How far two answers to the same pictures may differ by rounding, relative and absolute."""


def gradient(loss: Tensor, leaf: Tensor, again: bool = False) -> Tensor:
    """Of each picture's loss `(N,)`. again: whether another way back from the same answers follows."""
    if not loss.requires_grad:
        return torch.zeros_like(leaf)
    with torch.enable_grad():
        return _of_number(loss.sum(), leaf, again)  # pictures do not look at each other


def pulled_back(answer: Tensor, slope: Tensor, leaf: Tensor, again: bool = False) -> Tensor:
    """What a slope of an answer is with respect to the leaf, 0 where that has no part in it. again: as above."""
    with torch.enable_grad():
        return _of_number((answer * slope).sum(), leaf, again)


def _of_number(number: Tensor, leaf: Tensor, again: bool) -> Tensor:
    """Of a number alone: whoever gives `torch.autograd.grad` a slope as well has torch import sympy for the question
    whether it fits, 25 MB and most of a second in the first run."""
    (found,) = torch.autograd.grad(number, leaf, retain_graph=again, allow_unused=True)
    return torch.zeros_like(leaf) if found is None else found


def one_by_one(said: Answers, wanted: FromAnswers, ask_one: AskOne) -> list[Tensor | None] | None:
    """The gradients of losses of all answers, `said`, with one surrogate's graph at a time; they are the same, but for
    rounding: what a loss wants of each answer is known without any graph of a surrogate, and each goes there alone.
    A loss that wants nothing of anybody has None.

    None instead of all where a surrogate answered otherwise this time: it answers by lot, and a gradient belongs to one
    answer.
    """
    slopes = pulls(said, wanted)
    totals: list[Tensor | None] = [None] * len(slopes)
    for index, before in enumerate(said):
        own = {place: pull for place, pulled in enumerate(slopes) if (pull := pulled[index]) is not None}
        if not own:
            continue
        (answer,), gradients = ask_one(index, partial(_along, own.values()))
        if not torch.allclose(answer, before, rtol=SAME, atol=SAME):
            return None
        for place, found in zip(own, gradients, strict=True):
            so_far = totals[place]
            totals[place] = found if so_far is None else so_far + found
    return totals


def pulls(said: Answers, wanted: FromAnswers) -> list[tuple[Tensor | None, ...]]:
    """Of each loss the gradient with respect to each answer; None where an answer has no part in it."""
    answers = [answer.detach().requires_grad_() for answer in said]
    with torch.enable_grad():
        losses = [loss for loss, _ in wanted(answers)]
    nothing = (None,) * len(answers)
    return [
        torch.autograd.grad(loss.sum(), answers, retain_graph=True, allow_unused=True)
        if loss.requires_grad
        else nothing
        for loss in losses
    ]


def _along(pulls: Iterable[Tensor], answers: Answers) -> list[Wanted]:
    """Losses of one surrogate's answer with just these slopes."""
    return [((answers[0] * pull).sum(-1), 1) for pull in pulls]
