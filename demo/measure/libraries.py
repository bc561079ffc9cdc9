"""How public libraries are called for what our recipes do: one small function a way of calling, one row a library."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, cast
from unittest.mock import patch

import torch
from torch import Tensor, nn

Way = Callable[[Tensor, Tensor], Tensor]
"""From pictures `(N,3,H,W)` and labels to adversarial pictures."""


@dataclass(frozen=True)
class Settings:
    """Lengths in pixel units of 1."""

    epsilon: float
    step: float
    steps: int


Build = Callable[[Any, nn.Module, Settings], Way]
"""From a library's module, the one network that it attacks, and settings to one of its attacks."""


def _torchattacks(name: str, **more: Any) -> Build:
    def build(library: Any, network: nn.Module, given: Settings) -> Way:
        way: Way = getattr(library, name)(network, eps=given.epsilon, alpha=given.step, steps=given.steps, **more)
        return way

    return build


def _torchattacks_apgd(library: Any, network: nn.Module, given: Settings) -> Way:
    way: Way = library.APGD(network, norm="Linf", eps=given.epsilon, steps=given.steps, loss="ce")
    return way


def _torchattack(name: str) -> Build:
    def build(library: Any, network: nn.Module, given: Settings) -> Way:
        attack = getattr(library, name)
        way: Way = attack(network, eps=given.epsilon, alpha=given.step, steps=given.steps)
        return lambda pictures, labels: way(pictures, labels).detach()

    return build


def _foolbox(name: str) -> Build:
    def build(library: Any, network: nn.Module, given: Settings) -> Way:
        attack = getattr(library.attacks, name)(abs_stepsize=given.step, steps=given.steps)

        def way(pictures: Tensor, labels: Tensor) -> Tensor:
            shown = library.PyTorchModel(network, bounds=(0, 1), device=pictures.device)
            found: Tensor = attack(shown, pictures, labels, epsilons=given.epsilon)[1]
            return found

        return way

    return build


def _pyautoattack(library: Any, network: nn.Module, given: Settings) -> Way:
    attack = importlib.import_module("pyautoattack.autopgd_base").APGDAttack
    kept = {"norm": "Linf", "n_restarts": 1, "loss": "ce", "seed": 0, "device": "cpu"}
    perturb: Way = attack(network, n_iter=given.steps, eps=given.epsilon, **kept).perturb
    return perturb


def _transferattack(place: str, name: str, **more: Callable[[Settings], float]) -> Build:
    """Theirs takes the jury apart by itself, as ours does. more: arguments of theirs, and each by our settings."""

    def build(library: Any, network: nn.Module, given: Settings) -> Way:
        members = list(cast(nn.ModuleList, network.members))
        jury = importlib.import_module("transferattack.utils").EnsembleModel(members)
        kind = getattr(importlib.import_module(f"transferattack.{place}"), name)
        ready = type(name, (kind,), {"load_model": lambda *_: jury})  # theirs fetches networks by their names
        lengths = {"epsilon": given.epsilon, "alpha": given.step} | {key: of(given) for key, of in more.items()}
        with _without_gpu():
            attack = ready([str(one) for one in range(len(members))], epoch=given.steps, random_start=False, **lengths)

        def way(pictures: Tensor, labels: Tensor) -> Tensor:
            with _without_gpu():
                changed: Tensor = pictures + attack(pictures, labels)
            return changed

        return way

    return build


class _SoftmaxJury(nn.Module):
    """What MORA's authors attack: each member's logits, and twice the logarithm of their mean probability."""

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        answers = [member(pictures) for member in self.members]
        together = torch.stack([answer.softmax(-1) for answer in answers]).mean(0).clamp(min=1e-80).log()
        return [*answers, together, together]


def _mora(library: Any, network: nn.Module, given: Settings) -> Way:
    """As their `eval_mora.py` runs it first: one start, β = 0.5; with the paper's cosine."""
    jury = _SoftmaxJury(cast(nn.ModuleList, network.members))
    kept = {"device": "cpu", "loss": "ce", "decay_step": "cosine", "version": "standard-pre"}
    attack = library.MORAAttack(jury, n_iter=given.steps, eps=given.epsilon, **kept)

    def way(pictures: Tensor, labels: Tensor) -> Tensor:
        with torch.no_grad():
            found: Tensor = attack.perturb(pictures, labels, scale=0.5)[1]
        return found

    return way


@contextmanager
def _without_gpu() -> Iterator[None]:
    """Where there is none, what is sent to one in here stays where it is."""
    with ExitStack() as patches:
        for kind in (Tensor, nn.Module) if not torch.cuda.is_available() else ():
            patches.enter_context(patch.object(kind, "cuda", lambda here, *_, **__: here))
        yield


PEERS: Mapping[str, Mapping[str, Build]] = {
    "torchattacks": {
        "mi-fgsm": _torchattacks("MIFGSM"),
        "ni-fgsm": _torchattacks("NIFGSM"),
        "pgd": _torchattacks("PGD"),
        "apgd-ce": _torchattacks_apgd,
    },
    "torchattack": {"mi-fgsm": _torchattack("MIFGSM"), "pgd": _torchattack("PGD")},
    "foolbox": {
        "mi-fgsm": _foolbox("LinfMomentumIterativeFastGradientMethod"),
        "pgd": _foolbox("LinfProjectedGradientDescentAttack"),
    },
    "pyautoattack": {"apgd-ce": _pyautoattack},
    "transferattack": {
        "mi-fgsm": _transferattack("gradient.mifgsm", "MIFGSM"),
        "svre": _transferattack("ensemble.svre", "SVRE"),
        "smer": _transferattack("ensemble.smer", "SMER"),
        "adaea": _transferattack("ensemble.adaea", "AdaEA"),
        "cwa": _transferattack("ensemble.cwa", "CWA", r_size=lambda given: given.epsilon / 15),
    },
    "mora_attack": {"mora": _mora},
}
"""A library's module -> our recipe -> how that library is called for the same."""


def imported(name: str) -> Any:
    """The library's module.

    Raises:
        ValueError: nobody here knows how to call it, or it cannot be imported.
    """
    if name not in PEERS:
        raise ValueError(
            f"Nobody here knows how to call {name!r}: use one of {', '.join(PEERS)}, or add a row to PEERS."
        )
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ValueError(
            f"{name} cannot be imported ({error}): pip install {name} in an environment of its own, or put "
            "its sources on PYTHONPATH."
        ) from error
