"""Whether gradients come through: looked at once for every surrogate, on its first way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from demo.attacks.task import cross_entropy

NUDGE = 16 / 255


@dataclass
class _Passage:
    """sure: which pictures it is so sure of that cross-entropy has no slope. sent, arrived: for which pictures anything
    but zeros was sent back into it, and came out; each `(N,)`. reached: whether any way leads back to the pictures.
    """

    shown: Tensor
    answer: Tensor
    sure: Tensor
    sent: Tensor
    arrived: Tensor
    reached: bool = False

    def noting(self, which: str) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            moved = (gradient.detach() != 0).flatten(1).any(1)
            setattr(self, which, getattr(self, which) | moved)
            self.reached |= which == "arrived"

        return hook


@dataclass
class Audit:
    """A surrogate that rounds, detaches or is all too sure leaves its pictures unmoved, and among others it is
    outvoted without a word. notes: what the reader should know of those that do not move.
    """

    names: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    _open: dict[int, _Passage] = field(default_factory=dict)
    _settled: set[int] = field(default_factory=set)

    def watch(self, index: int, shown: Tensor, answer: Tensor, labels: Tensor) -> None:
        """Before the way back: what surrogate `index` was shown, its answer, and the labels `(N,)`.

        Raises:
            ValueError: the answer depends on nothing.
        """
        if not answer.requires_grad:
            raise ValueError(self._cut_off(index))
        if index in self._settled or index in self._open:
            return
        nobody = torch.zeros(len(answer), dtype=torch.bool, device=answer.device)
        seen = answer.detach()
        passage = _Passage(shown.detach(), seen, cross_entropy(seen, labels) == 0, nobody, nobody)
        answer.register_hook(passage.noting("sent"))
        shown.register_hook(passage.noting("arrived"))
        self._open[index] = passage

    def forget(self) -> None:
        """The way back was not taken."""
        self._open.clear()

    def settle(self, ask: Callable[[int, Tensor], Tensor]) -> None:
        """After the way back. ask: for a surrogate's answer to other pictures.

        Raises:
            ValueError: what was sent into a surrogate came out of it for no picture, though its answers move with them.
        """
        while self._open:
            index, passage = self._open.popitem()
            if not passage.reached:
                raise ValueError(self._cut_off(index))
            vanished = passage.sure & ~passage.sent & ~passage.arrived
            sent, arrived, lost = torch.stack([passage.sent.any(), passage.arrived.any(), vanished.any()]).tolist()
            if sent and not arrived:
                if _moves(passage, partial(ask, index)):
                    raise ValueError(self._cut_off(index))
                self.notes.append(f"{_capital(self.names[index])} does not react to these pictures: its gradient is 0.")
            elif lost:
                self.notes.append(self._too_sure(index))
            if sent or arrived or lost:
                self._settled.add(index)

    def _cut_off(self, index: int) -> str:
        return (
            f"The logits of {self.names[index]} carry no gradient back to the pictures: take it out of torch.no_grad, "
            "and rounding or detach() out of it, or use an attack that asks for answers only (nes, spsa)."
        )

    def _too_sure(self, index: int) -> str:
        return (  # without a number: a portion of a batch does not know of the others
            f"{_capital(self.names[index])} is so sure of what it sees that its cross-entropy has no slope there: "
            "try an attack on margins (cw, apgd-dlr, deepfool), or leave it out."
        )


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


@torch.no_grad()
def _moves(passage: _Passage, ask: Callable[[Tensor], Tensor]) -> bool:
    """Whether the answers to a chequered change of the pictures are others: then a slope of 0 is not the truth."""
    height, width = (torch.arange(side, device=passage.shown.device) for side in passage.shown.shape[-2:])
    chequered = 1.0 - 2.0 * ((height.unsqueeze(1) + width) % 2)
    return not torch.equal(ask((passage.shown + NUDGE * chequered).clamp(0, 1)), passage.answer)
