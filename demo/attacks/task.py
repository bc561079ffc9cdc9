"""What is asked of an attack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F

FAR = 50
"""Where log(1 + exp(x)) is x, in double precision too."""


@dataclass(frozen=True)
class Task:
    """What is asked of an attack. It has no field that could carry a held-out classifier.

    images: `(N,3,H,W)` in [0,1]; labels: `(N,)`, the true class, or with `targeted` the wanted one.
    epsilon, step_size: L-infinity radius and length of one step, in pixel units of 1; each picture may have its
    own, `(N,1,1,1)`.
    """

    images: Tensor
    labels: Tensor
    epsilon: float | Tensor
    steps: int
    step_size: float | Tensor
    targeted: bool = False
    seed: int = 0

    @cached_property
    def _lower(self) -> Tensor:
        return (self.images - self.epsilon).clamp(min=0)

    @cached_property
    def _upper(self) -> Tensor:
        return (self.images + self.epsilon).clamp(max=1)

    def project(self, pictures: Tensor) -> Tensor:
        """The nearest pictures inside both the epsilon-ball and [0,1]."""
        return torch.clamp(pictures, self._lower, self._upper)

    def start(self, generator: torch.Generator) -> Tensor:
        """A point uniform in the ball. One draw serves every picture of the batch: none depends on its neighbours."""
        noise = torch.rand(self.images.shape[1:], generator=generator, dtype=torch.float64, device="cpu") * 2 - 1
        return self.project(self.images + self.epsilon * noise.to(self.images))

    def fooled(self, logits: Tensor) -> Tensor:
        """Whether each verdict `(…,N,C)` is what the attacker wants, `(…,N)` bool."""
        verdict = logits.argmax(-1)
        return verdict == self.labels if self.targeted else verdict != self.labels

    def confidence(self, logits: Tensor) -> Tensor:
        """Softmax probability of the label, `(…,N)`."""
        return (-self.cross_entropy(logits)).exp()

    def cross_entropy(self, logits: Tensor) -> Tensor:
        """Cross-entropy of the label for logits `(…,N,C)`: `(…,N)`, in nats."""
        return cross_entropy(logits, self.labels)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Of the labels `(N,)` for logits `(…,N,C)`: `(…,N)`, in nats.

    As log(1 + exp(others - label)), not as -log of a share: in single precision that share is 1, and the slope of
    the label 0, as soon as a network is surer than one in ten million.
    """
    index = labels.expand(logits.shape[:-1]).unsqueeze(-1)
    others = logits.scatter(-1, index, float("-inf")).logsumexp(-1)
    return F.softplus(others - logits.gather(-1, index).squeeze(-1), threshold=FAR)


WeightRule = Callable[[Tensor, Task, int], Tensor]
"""From logits `(M,N,C)`, the task and the iteration's number to weights `(M,N)` that sum to 1 over M."""
