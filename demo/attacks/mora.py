"""MORA: model-reweighing attack on ensembles (Yu et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.attacks.attack import Measure, Reading
from demo.attacks.mora_step import FEWEST, affordable, phase
from demo.attacks.mora_weights import ensemble, jury_rule, log_importance, normalised, shares_of
from demo.attacks.objectives import others_lead
from demo.attacks.probe import Probe
from demo.attacks.task import Task

SWEEP = (0.5, 0.0, 0.25, 0.75, 1.0)


@dataclass(frozen=True)
class Mora:
    """Ascent on L = CE( β · norm(Σ λ_m z_m) + (1-β) · norm(z_E) ) (Eq. 11), for an ensemble that judges by `mode`.

    beta: β of the first start. sweep: fresh starts, for pictures still standing, with those of 0, 0.25, 0.5, 0.75
    and 1 that beta is not. targets: after those, fresh starts that head for that many other labels in turn (MORA^mt,
    with `beta` for each, as in the paper's section 4), the ones that the clean picture looks most like first; for
    untargeted tasks. Where the steps do not suffice for all, the first are made, and a note says so. temperature: τ of
    voting's softened vote.
    A picture at which the ensemble, by a true vote in voting mode, has fallen is finished.

    norm() does not change if all λ_m of a picture are scaled, so their shares stand in for them.
    details: `lambda`, `(M,N)`, λ itself; `margins`, `(M,N)`, k_m; `standing`, `(N,)` bool; `beta`. Weights are
    λ's shares (even where no sub-model is left standing).
    """

    mode: str = "softmax"
    beta: float = 0.5
    sweep: bool = False
    targets: int = 0
    temperature: float = 0.1

    @property
    def starts(self) -> int:
        return len(self._blends) + self.targets

    @property
    def _blends(self) -> list[float]:
        return [self.beta, *(beta for beta in SWEEP if self.sweep and beta != self.beta)]

    def _beta(self, index: int) -> float:
        return self._blends[index] if index < len(self._blends) else self.beta

    def begin(self, probe: Probe, task: Task) -> Measure:
        if (made := affordable(task.steps, self.starts)) < self.starts:
            probe.note(
                f"{task.steps} iterations are enough for {made} of the {self.starts} starts that were asked for: "
                f"give MORA {FEWEST * self.starts} or more, so that each has {FEWEST}."
            )
        ranking = self._ranking(probe, task) if self.targets and not task.targeted else None

        def measure(pictures: Tensor, step: int) -> Reading:
            now = phase(step, task.steps, self.starts)
            other = now.index - len(self._blends)  # its place among the other labels
            heading = ranking is not None and other >= 0
            labels = ranking[:, min(other, ranking.shape[1] - 1)] if ranking is not None and heading else task.labels
            toward = task.targeted or heading
            beta = self._beta(now.index)
            if now.restarts:
                still = torch.zeros_like(pictures)
                return self._reading(still, *self._look(probe, pictures, None, task), labels, toward, beta)
            sign = -1 if heading else 1  # heading for a label: its cross-entropy is to fall (a targeted probe's is)

            def loss(logits: Tensor) -> Tensor:
                losses = sign * self._loss(logits, labels, beta, toward)
                return losses.detach() if probe.over(self._fallen(logits.detach(), task)) else losses

            gradient, seen = probe.fused(pictures, loss)
            return self._reading(gradient, *self._look(probe, pictures, seen, task), labels, toward, beta)

        return measure

    def _ranking(self, probe: Probe, task: Task) -> Tensor:
        answer = jury_rule(probe.logits(task.images), "softmax")
        is_label = F.one_hot(task.labels, answer.shape[-1]).bool()
        return answer.masked_fill(is_label, -1).argsort(-1, descending=True)[:, :-1]

    def _temperature(self) -> float:
        return self.temperature if self.mode == "voting" else 1.0

    def _loss(self, logits: Tensor, labels: Tensor, beta: float, toward: bool) -> Tensor:
        importance = log_importance(logits.detach(), labels, self.mode, self._temperature(), toward)
        weighted = (shares_of(importance).unsqueeze(-1) * logits).sum(0)
        fused = ensemble(self.mode, self._temperature())(logits).mean(0)
        blend = beta * normalised(weighted, labels, toward) + (1 - beta) * normalised(fused, labels, toward)
        return F.cross_entropy(blend, labels, reduction="none")

    def _look(self, probe: Probe, pictures: Tensor, seen: Tensor | None, task: Task) -> tuple[Tensor, Tensor]:
        """The logits, `(M,N,C)`, and which pictures have fallen, `(N,)`: they rest from now on."""
        logits = probe.settled(pictures, seen)
        fallen = probe.confirmed(pictures, self._fallen(logits, task), lambda said: self._fallen(said, task))
        probe.rest(fallen, logits)
        return logits, fallen

    def _fallen(self, logits: Tensor, task: Task) -> Tensor:
        """Whether the label has lost (the target has won); a tie is not enough."""
        lead = others_lead(jury_rule(logits, self.mode), task.labels)
        return lead < 0 if task.targeted else lead > 0

    def _reading(
        self, gradient: Tensor, logits: Tensor, fallen: Tensor, labels: Tensor, toward: bool, beta: float
    ) -> Reading:
        importance = log_importance(logits, labels, self.mode, self._temperature(), toward)
        shares = shares_of(importance)
        weights = torch.where(shares.sum(0) > 0, shares, 1 / len(logits))
        lead = others_lead(logits, labels)
        details = {
            "lambda": importance.exp(),
            "margins": lead if toward else -lead,
            "standing": ~fallen,
            "beta": beta,
        }
        return Reading(gradient, logits, weights=weights, finished=fallen, details=details)
