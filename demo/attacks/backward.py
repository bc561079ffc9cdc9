"""Ways back from the surrogates' answers: through all graphs at once, or through one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

from demo.attacks.surrogates import Answers

Wanted = Callable[[Answers], list[tuple[Tensor, int]]]
"""From answers to losses `(N,)` whose gradient is wanted, and through how many surrogates each goes back."""

AskOne = Callable[[int, Wanted], tuple[Answers, list[Tensor]]]
"""From a surrogate's index and losses of its answer alone to that answer and the losses' gradients `(N,3,H,W)`."""

SAME = 1e-3
"""How far two answers to the same pictures may differ by rounding, relative and absolute."""


def gradient(loss: Tensor, leaf: Tensor, again: bool = False) -> Tensor:
    """Of each picture's loss `(N,)`. again: whether another way back from the same answers follows."""
    (found,) = torch.autograd.grad(loss.sum(), leaf, retain_graph=again, allow_unused=True)
    return torch.zeros_like(leaf) if found is None else found


def one_by_one(said: Answers, wanted: Wanted, ask_one: AskOne) -> list[Tensor] | None:
    """The gradients of losses of all answers, `said`, with one surrogate's graph at a time; they are the same, but for
    rounding: what a loss wants of each answer is known without any graph of a surrogate, and each goes there alone.

    None where a surrogate answered otherwise this time: it answers by lot, and a gradient belongs to one answer.
    """
    pulls = _pulls(said, wanted)
    totals: list[Tensor | None] = [None] * len(pulls)
    for index, before in enumerate(said):
        own = {place: pull for place, pulled in enumerate(pulls) if (pull := pulled[index]) is not None}
        if not own:
            continue
        (answer,), gradients = ask_one(index, partial(_along, own.values()))
        if not torch.allclose(answer, before, rtol=SAME, atol=SAME):
            return None
        for place, found in zip(own, gradients, strict=True):
            so_far = totals[place]
            totals[place] = found if so_far is None else so_far + found
    return [total for total in totals if total is not None]


def _pulls(said: Answers, wanted: Wanted) -> list[tuple[Tensor | None, ...]]:
    """Of each loss the gradient with respect to each answer; None where an answer has no part in it."""
    answers = [answer.detach().requires_grad_() for answer in said]
    with torch.enable_grad():
        losses = [loss for loss, _ in wanted(answers)]
    return [torch.autograd.grad(loss.sum(), answers, retain_graph=True, allow_unused=True) for loss in losses]


def _along(pulls: Iterable[Tensor], answers: Answers) -> list[tuple[Tensor, int]]:
    """Losses of one surrogate's answer with just these slopes."""
    return [((answers[0] * pull).sum(-1), 1) for pull in pulls]
