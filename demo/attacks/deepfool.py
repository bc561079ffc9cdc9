"""DeepFool (Moosavi-Dezfooli et al. 2016, section 3.2) in L-infinity, on the mean of the surrogates' logits.

Our own rather than a library's: adv-lib 0.2.8's drops finished pictures from the batch, takes a gradient for every
class, hands back no iterates and imports distutils, which Python 3.12 no longer has.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import Measure, Reading, mean_logits
from demo.attacks.probe import Probe
from demo.attacks.task import Task

NUDGE = 1e-4  # the authors' code adds it to every distance, so that a step never stops on the border


@dataclass(frozen=True)
class DeepFool:
    """The shortest step over the nearest of the borders that the surrogates' linearised mean logits show.

    For each candidate class i: f_i = z_i - z_y, w_i = ∇f_i, distance |f_i| / ‖w_i‖₁; the step is the smallest
    distance times sign w_i, lengthened by `overshoot`. A picture that has crossed is finished. candidates: the
    classes now ranked highest beside the label; each takes one gradient of every surrogate.
    The attack knows no budget; the driver's projection keeps it in the ball, where it may stay short of the border.
    details: `distance`, `(N,)`, to that border in pixel units, 0 for what has crossed; `toward`, `(N,)`, the class
    behind it.
    """

    candidates: int = 10
    overshoot: float = 0.02

    def begin(self, probe: Probe, task: Task) -> Measure:
        def measure(pictures: Tensor, step: int) -> Reading:
            said = None if probe.plain else probe.logits(pictures)

            def leads(logits: Tensor) -> list[Tensor]:
                seen = logits.detach()
                ranked = _ranked((seen if said is None else said).mean(0), task)[:, : self.candidates]
                fused = (seen if probe.over(_crossed(seen, task)) else logits).mean(0)
                return [_leads(fused, classes, task) for classes in ranked.T]

            gradients, logits = probe.several(pictures, leads)
            here = probe.settled(pictures, said if logits is None else logits)
            crossed = probe.confirmed(pictures, _crossed(here, task), lambda logits: _crossed(logits, task))
            probe.rest(crossed, here)
            return self._step(torch.stack(gradients), here, task, crossed)

        return measure

    def _step(self, gradients: Tensor, logits: Tensor, task: Task, crossed: Tensor) -> Reading:
        fused = mean_logits(logits)
        ranked = _ranked(fused, task)[:, : len(gradients)]
        leads = torch.stack([_leads(fused, classes, task) for classes in ranked.T])
        slopes = gradients.abs().sum(dim=(-3, -2, -1))
        distances = torch.where(slopes > 0, leads.abs() / torch.where(slopes > 0, slopes, 1), torch.inf)
        nearest = distances.argmin(0)
        here = torch.arange(len(nearest), device=nearest.device)
        distance, gradient = distances[nearest, here], gradients[nearest, here]
        reach = torch.where(distance.isfinite(), distance + NUDGE, 0) * (1 + self.overshoot)
        details = {
            "distance": distance.masked_fill(crossed, 0),
            "toward": torch.where(crossed, ranked[:, 0], ranked[here, nearest]),
        }
        direction = reach.view(-1, 1, 1, 1) * gradient.sign()
        return Reading(direction, logits, finished=crossed, details=details)


def _crossed(logits: Tensor, task: Task) -> Tensor:
    return task.fooled(mean_logits(logits))


def _ranked(fused: Tensor, task: Task) -> Tensor:
    """The classes beside the label, `(N,C-1)`, the highest logit first."""
    is_label = F.one_hot(task.labels, fused.shape[-1]).bool()
    return fused.masked_fill(is_label, float("-inf")).argsort(stable=True, dim=-1, descending=True)[:, :-1]


def _leads(fused: Tensor, classes: Tensor, task: Task) -> Tensor:
    """How far each picture's class is ahead of its label, `(N,)`."""
    pair = torch.stack([classes, task.labels], 1)
    ahead, label = fused.gather(1, pair).unbind(1)
    return ahead - label
