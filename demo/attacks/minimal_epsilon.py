"""The smallest epsilon that fools, picture by picture: a search around any attack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from demo.attacks.api import prepare
from demo.attacks.attack import Attack
from demo.attacks.checks import positive
from demo.attacks.knobs import number
from demo.attacks.looks import LOOKS, at_random, majority
from demo.attacks.portions import finish, portions
from demo.attacks.probe import Probe
from demo.attacks.recipes import Recipe, recipe
from demo.attacks.surrogates import Surrogate
from demo.attacks.task import Task

Verdict = Callable[[Tensor, Tensor], Tensor]
"""From pictures `(N,3,H,W)` and their labels (with `targeted` the wanted ones) to whether each has fooled, `(N,)`."""


@dataclass(frozen=True)
class Smallest:
    """epsilon: `(N,)`, the smallest that fooled, 0 where the clean picture does, infinite where none did.

    pictures: `(N,3,H,W)`, what fooled; the clean picture where none did.
    """

    epsilon: Tensor
    pictures: Tensor


@torch.inference_mode(False)
def smallest_epsilon(
    name: str,
    surrogates: Sequence[Surrogate],
    images: Tensor,
    labels: Tensor,
    *,
    growth: int = 10,
    bisections: int = 20,
    first: float = 0.25 / 255,
    judge: Surrogate | None = None,
    verdict: Verdict | None = None,
    steps: int = 10,
    targeted: bool = False,
    seed: int = 0,
    **knobs: Any,
) -> Smallest:
    """Minimum distortion search (the optimal search behind SEM's curves of success versus distortion, Qin et al. 2021).

    Epsilon doubles from `first` (pixel units of 1) at most growth - 1 times, up to 1, until the picture fools, and
    the last interval is then halved `bisections` times. Pictures are searched at once, as many as fit (`at_once`), each
    with an epsilon of its own, and what one yields depends on no other.

    An attack is no monotone function of epsilon: the outcome is an epsilon that fooled beside one a 2^-bisections of
    its interval smaller that did not, not a proof that no smaller one could. The step size is the recipe's own.

    Args:
        name, surrogates, images, labels, steps, targeted, seed, **knobs: as for `craft`.
        growth: how often epsilon may double, from 1 to 64.
        bisections: how often the last interval is halved, from 0 to 64.
        first: the first epsilon, in pixel units of 1.
        judge: the classifier that is to be fooled; unless given, all surrogates together, as the attack itself takes
            their answers for one: by mean probability, or, where its own aim differs, as that says (DeepFool and APGD
            by mean logits, MORA by its mode). A held-out judge never reaches the attack, only the search. One that
            answers by lot, by its own word (`random`) or, without one, because its looks at its first fall differ, is
            fooled where most of 20 looks are, by a binomial test at 5 % (15 of them): one unlucky look is no fall.
        verdict: in place of a judge, whoever decides by a rule of their own, such as SEM's, to which silence is a fall.

    Returns:
        For each picture the smallest epsilon that fooled, and the picture that did.

    Raises:
        ValueError: as `craft`.
    """
    growth = int(number("growth", growth, 1, 64, whole=True))
    bisections = int(number("bisections", bisections, 0, 64, whole=True))
    first = positive("first", first)
    if judge is not None and not callable(judge):
        raise ValueError(f"judge must be one callable from pixels to logits, not {type(judge).__name__}.")
    if judge is not None and verdict is not None:
        raise ValueError("judge and verdict both say who is fooled: give one of them.")
    attack, task = prepare(name, surrogates, images, labels, first, steps, None, targeted, seed, knobs)
    found = [_Search(recipe(name), attack, surrogates, part, judge, verdict) for part in portions(surrogates, task)]
    for search in found:
        search.through(first, growth, bisections)
    return Smallest(torch.cat([one.high for one in found]), torch.cat([one.pictures for one in found]))


class _Search:
    """For every picture: `low`, the largest epsilon that failed, `high`, the smallest that fooled, and its picture."""

    def __init__(
        self,
        chosen: Recipe,
        attack: Attack,
        surrogates: Sequence[Surrogate],
        task: Task,
        judge: Surrogate | None,
        verdict: Verdict | None,
    ) -> None:
        self._recipe = chosen
        self._attack = attack
        self._surrogates = surrogates
        self._task = task
        self._judge = judge
        self._verdict = verdict
        asked = surrogates if judge is None else [judge]
        known = all(hasattr(one, "random") for one in asked)
        self._by_lot = any(at_random(one) for one in asked) or (False if known else None)
        self.low = task.images.new_zeros(len(task.images))
        self.high = torch.where(self._fooled(task.images, task), 0.0, torch.inf).to(self.low)
        self.pictures = task.images.clone()

    def through(self, first: float, growth: int, bisections: int) -> None:
        """All of it."""
        for step in range(growth):
            epsilon = min(first * 2**step, 1.0)
            if not self.grow(epsilon) or epsilon == 1:
                break
        for _ in range(bisections):
            self.halve()

    def grow(self, epsilon: float) -> bool:
        """Tries a larger epsilon on the pictures that nothing fooled yet; says whether any is left."""
        self._try(torch.full_like(self.low, epsilon), self.high.isinf())
        return bool(self.high.isinf().any())

    def halve(self) -> None:
        """Tries the middle of the interval of every picture that was fooled, while numbers are fine enough for one."""
        middle = (self.low + self.high) / 2
        self._try(middle, (self.low < middle) & (middle < self.high))

    def _try(self, epsilon: Tensor, searching: Tensor) -> None:
        (chosen,) = searching.nonzero(as_tuple=True)
        if not len(chosen):
            return
        lengths = epsilon[chosen].view(-1, 1, 1, 1)
        task = replace(
            self._task,
            images=self._task.images[chosen],
            labels=self._task.labels[chosen],
            epsilon=lengths,
            step_size=self._recipe.default_step(lengths, self._task.steps),
        )
        found = finish(self._attack, self._surrogates, task)
        fooled = self._fooled(found, task)
        self.high[chosen] = torch.where(fooled, epsilon[chosen], self.high[chosen])
        self.low[chosen] = torch.where(fooled, self.low[chosen], epsilon[chosen])
        self.pictures[chosen[fooled]] = found[fooled]

    def _fooled(self, pictures: Tensor, task: Task) -> Tensor:
        if self._verdict is not None:
            return self._verdict(pictures, task.labels)
        asked = self._surrogates if self._judge is None else [self._judge]
        probe = Probe(asked, task, (), torch.Generator())

        def verdict(answers: Tensor) -> Tensor:
            return task.fooled(self._attack.judged_by(answers) if self._judge is None else answers[0])

        if self._by_lot:
            return self._mostly(probe, pictures, verdict)
        first = probe.logits(pictures)
        fell = verdict(first)
        if self._by_lot is None and bool(fell.any()):  # the first fall, by somebody who does not say how they answer
            again = (probe.logits(pictures) for _ in range(LOOKS))
            self._by_lot = not all(torch.allclose(first, look, rtol=1e-3, atol=1e-3) for look in again)
            return self._mostly(probe, pictures, verdict) if self._by_lot else fell
        return fell

    def _mostly(self, probe: Probe, pictures: Tensor, verdict: Callable[[Tensor], Tensor]) -> Tensor:
        votes = torch.stack([verdict(probe.logits(pictures)) for _ in range(LOOKS)]).sum(0)
        return majority(votes, LOOKS)
