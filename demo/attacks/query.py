"""Attacks that only ask: gradients estimated from the probabilities that a classifier gives, without autograd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import Measure, Reading, mean_probability
from demo.attacks.looks import LOOKS
from demo.attacks.probe import Probe
from demo.attacks.task import Task

AT_ONCE = 128  # pictures in one forward pass

Draw = Callable[[tuple[int, ...], torch.Generator], Tensor]
Worth = Callable[[Tensor, Task], Tensor]
"""From mean probabilities `(…,N,C)` to what the attacker has gained, `(…,N)`."""


def gaussian(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64, device="cpu")


def coins(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """-1 or 1 at every colour value."""
    return torch.randint(2, shape, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1


def surprise(probabilities: Tensor, task: Task) -> Tensor:
    """-log p(label); for a targeted task log p(target)."""
    log_share = _log_share(probabilities, task)
    return log_share if task.targeted else -log_share


def lead(probabilities: Tensor, task: Task) -> Tensor:
    """max_{i≠label} log p_i - log p(label), the margin of the logits; the other way round for a target."""
    label = _log_share(probabilities, task)
    other = _log(probabilities.scatter(-1, _index(probabilities, task), 0)).amax(-1)
    return label - other if task.targeted else other - label


def _log_share(probabilities: Tensor, task: Task) -> Tensor:
    """log p(label); from the others' where it is large, since 1 - p is all that still moves there."""
    index = _index(probabilities, task)
    share = probabilities.gather(-1, index).squeeze(-1)
    others = probabilities.scatter(-1, index, 0).sum(-1)
    return torch.where(share > 0.5, torch.log1p(-others.clamp(max=0.5)), _log(share))


def _index(probabilities: Tensor, task: Task) -> Tensor:
    return task.labels.expand(probabilities.shape[:-1]).unsqueeze(-1)


def _log(probabilities: Tensor) -> Tensor:
    return probabilities.clamp(min=torch.finfo(probabilities.dtype).tiny).log()


@dataclass(frozen=True)
class Query:
    """(1/P) Σ (gain(x + radius · u) - gain(x - radius · u)) / (2 · radius) · u over P random directions u.

    NES (Ilyas et al. 2018, section 2.1): u Gaussian, gain -log p(label). SPSA (Uesato et al. 2018, section 3.1):
    u of -1 and 1, gain the margin; Adam there, sign steps here, like every other attack's. The probabilities are
    the mean over the surrogates. Pictures that are asked about are clipped to [0,1]: nobody answers others.

    queries: how many answers the whole run may ask for, of all surrogates together, spread evenly over the
    steps; each step looks once whether a picture is there (it is then finished, and costs nothing more).
    A budget too small for one pair of questions is not used. Directions are shared by the whole batch.
    details: `queries`, `(N,)`, asked about each picture so far; `gain` and `margin`, `(N,)`: p(label) minus the
    highest other probability.
    """

    draw: Draw
    worth: Worth
    queries: int
    radius: float

    def begin(self, probe: Probe, task: Task) -> Measure:
        pairs = max((self.queries // (task.steps * len(probe)) - 1) // 2, 1)
        asked = torch.zeros(len(task.images), dtype=torch.int64, device=task.images.device)
        finished = asked > 0
        details: dict[str, Tensor] = {}

        def measure(pictures: Tensor, step: int) -> Reading:
            nonlocal asked, finished, details
            nothing = torch.zeros_like(pictures)
            if probe.forwards + (1 + 2 * pairs) * len(probe) > self.queries or finished.all():
                return Reading(nothing, finished=torch.ones_like(finished), details=details)
            logits = probe.logits(pictures)
            answer = mean_probability(logits)
            asked = asked + torch.where(finished, 0, len(probe))
            finished = finished | self._there(probe, task, pictures, task.fooled(answer) & ~finished)
            probe.rest(finished, logits)
            details = {"queries": asked, "gain": self.worth(answer, task), "margin": _margin(answer, task)}
            if finished.all():
                return Reading(nothing, logits, finished=finished, details=details)
            asked = asked + torch.where(finished, 0, 2 * pairs * len(probe))
            details = {**details, "queries": asked}
            return Reading(self._estimate(probe, task, pictures, pairs), logits, finished=finished, details=details)

        return measure

    def _there(self, probe: Probe, task: Task, pictures: Tensor, fell: Tensor) -> Tensor:
        """Which of those that fell at one look are there; where looks are random and no more can be afforded, none."""
        if probe.random and probe.forwards + (LOOKS - 1) * len(probe) > self.queries:
            return torch.zeros_like(fell)
        return probe.confirmed(pictures, fell, lambda logits: task.fooled(mean_probability(logits)))

    def _estimate(self, probe: Probe, task: Task, pictures: Tensor, pairs: int) -> Tensor:
        total = torch.zeros_like(pictures)
        at_once = max(1, AT_ONCE // (2 * len(pictures)))
        for first in range(0, pairs, at_once):
            count = min(at_once, pairs - first)
            shape = tuple(pictures.shape[1:])
            ways = torch.stack([self.draw(shape, probe.generator) for _ in range(count)]).to(pictures).unsqueeze(1)
            both = torch.cat([pictures + self.radius * ways, pictures - self.radius * ways]).clamp(0, 1)
            up, down = self.worth(probe.variants(both).softmax(-1).mean(1), task).chunk(2)
            total = total + ((up - down)[..., None, None, None] * ways).sum(0)
        return total / (2 * self.radius * pairs)


def _margin(probabilities: Tensor, task: Task) -> Tensor:
    is_label = F.one_hot(task.labels, probabilities.shape[-1]).bool()
    label = probabilities.masked_fill(~is_label, 0).sum(-1)
    return label - probabilities.masked_fill(is_label, 0).amax(-1)
