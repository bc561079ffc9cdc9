"""Small smooth networks in float64, on which every rule can be checked to the last digits."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIDE = 6
CLASSES = 5


def smooth(seed: int, classes: int = CLASSES) -> nn.Module:
    """A convolutional network with tanh, scaled so that 8/255 moves its verdicts."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(4 * SIDE * SIDE, classes)
        ).double()
    with torch.no_grad():
        network[-1].weight *= 6
    return network.eval()


def jury(count: int = 3, classes: int = CLASSES) -> list[nn.Module]:
    return [smooth(seed, classes) for seed in range(count)]


def pictures(count: int = 3, seed: int = 0) -> Tensor:
    """Some colour values lie on the edge of [0,1], most well inside."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(count, 3, SIDE, SIDE, generator=generator, dtype=torch.float64) * 1.2 - 0.1).clamp(0, 1)


def verdicts(surrogates: list[nn.Module], images: Tensor) -> Tensor:
    """What the surrogates take the pictures for, on average."""
    with torch.no_grad():
        return torch.stack([surrogate(images).softmax(-1) for surrogate in surrogates]).mean(0).argmax(-1)


class LinearNet(nn.Module):
    """Logits A·x + b, whose cross-entropy has the gradient Aᵀ(softmax - onehot)."""

    def __init__(self, slope: Tensor, offset: Tensor) -> None:
        super().__init__()
        self.slope = nn.Parameter(slope)
        self.offset = nn.Parameter(offset)

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.slope.T + self.offset


def linear(seed: int, classes: int = CLASSES, scale: float = 1.0) -> LinearNet:
    generator = torch.Generator().manual_seed(seed)
    slope = torch.randn(classes, 3 * SIDE * SIDE, generator=generator, dtype=torch.float64) * scale
    return LinearNet(slope, torch.randn(classes, generator=generator, dtype=torch.float64))


class Paper:
    """One picture and linear surrogates in numpy: what the papers' formulas say, without torch or autograd."""

    def __init__(self, networks: list[LinearNet], image: Tensor, label: int, epsilon: float) -> None:
        self.slopes = [network.slope.detach().numpy() for network in networks]
        self.offsets = [network.offset.detach().numpy() for network in networks]
        self.clean = image.flatten().numpy()
        self.label = label
        self.epsilon = epsilon

    def project(self, x: np.ndarray) -> np.ndarray:
        return np.clip(np.clip(x, self.clean - self.epsilon, self.clean + self.epsilon), 0, 1)

    def logits(self, k: int, x: np.ndarray) -> np.ndarray:
        return self.slopes[k] @ x + self.offsets[k]

    def mean_logits(self, x: np.ndarray) -> np.ndarray:
        return np.mean([self.logits(k, x) for k in range(len(self.slopes))], axis=0)

    def loss(self, logits: np.ndarray) -> float:
        return float(np.log(np.exp(logits).sum()) - logits[self.label])

    def error(self, logits: np.ndarray) -> np.ndarray:
        """softmax - onehot."""
        shares = np.exp(logits) / np.exp(logits).sum()
        shares[self.label] -= 1
        return shares

    def gradient(self, k: int, x: np.ndarray, scale: float = 1.0) -> np.ndarray:
        return scale * self.slopes[k].T @ self.error(scale * self.logits(k, x))

    def fused_gradient(self, x: np.ndarray) -> np.ndarray:
        return np.mean(self.slopes, axis=0).T @ self.error(self.mean_logits(x))


def n1(gradient: np.ndarray) -> np.ndarray:
    """g / mean|g|; what is zero stays zero."""
    size = np.abs(gradient).mean()
    return gradient / size if size else gradient


def softmax(z: np.ndarray) -> np.ndarray:
    shares = np.exp(z - z.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def judged(z: Tensor, labels: Tensor, mode: str, targeted: bool) -> Tensor:
    """Whom of a jury's logits `(M,N,C)` an attacker has where he wants them, `(N,)` bool."""
    if mode == "voting":  # a true vote; where two classes have as many, nobody has won
        counts = F.one_hot(z.argmax(-1), CLASSES).sum(0).double()
    else:
        counts = z.softmax(-1).mean(0) if mode == "softmax" else z.mean(0)
    label = counts.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    other = counts.scatter(-1, labels.unsqueeze(-1), -1e9).amax(-1)
    return label > other if targeted else other > label
