"""The surrogates of one run: asked together or some of them, each forward pass counted, each answer checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, nn

from demo.attacks.abreast import abreast, pays, with_all
from demo.attacks.answers import AnswerCheck, judged_apart
from demo.attacks.audit import Audit
from demo.attacks.looks import at_random

Surrogate = Callable[[Tensor], Tensor]
"""From pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`: a `Classifier`, or any module or function of the reader's."""

Answers = list[Tensor]
"""Each asked surrogate's logits `(N,C)`."""

EVERYONE = slice(None)
T = TypeVar("T")


class Surrogates:
    """Asks for logits, of modules in eval mode.

    forwards: forward passes through one surrogate. audit: whether gradients come through. resting: about which
    pictures nobody is asked any more, `(N,)` bool; None while all are asked about.
    """

    def __init__(self, surrogates: Sequence[Surrogate], labels: Tensor) -> None:
        self.forwards = 0
        self._all = tuple(surrogates)
        self._training = [_training(surrogate) for surrogate in surrogates]
        self._names = tuple(f"surrogate {k} ({title(one)})" for k, one in enumerate(surrogates, start=1))
        self._labels = labels
        self._check = AnswerCheck(classes_needed=int(labels.max()) + 1)
        self.audit = Audit(self._names)
        self.resting: Tensor | None = None
        self._free = can_be_beside(surrogates)
        self._standing = torch.arange(len(labels), device=labels.device)
        self._said: Sequence[Tensor] = ()

    def __len__(self) -> int:
        return len(self._all)

    def rest(self, finished: Tensor, logits: Tensor) -> None:
        """Shows nobody these pictures, `(N,)` bool, any more: their logits, `(M,N,C)`, are the answers about them."""
        if bool(finished.any()):
            self.resting, self._said = finished, logits.detach().unbind()
            self._standing = (~finished).nonzero().squeeze(1)

    def ask(self, pictures: Tensor, chosen: slice = EVERYONE, count_as: int = 1) -> Answers:
        """The chosen surrogates' answers to pixels `(N,3,H,W)`, or to those variants of them one after another.

        count_as: how many forward passes of each this is: 0 where it is not the attack that asks, and as many as
            there are variants of the pictures where several share one batch.

        Raises:
            ValueError: an answer is not logits of shape (N, C) over one label space that holds the labels, is not
                finite, or, where a gradient is wanted, has none.
        """
        asked = range(len(self._all))[chosen]
        variants = len(pictures) // len(self._labels)
        if self.resting is None or not asked:
            self.forwards += count_as * len(asked)
            labels = self._labels if variants == 1 else self._labels.repeat(variants)
            return self._answers(pictures, labels, chosen)
        told = [self._said[k].repeat(variants, 1) for k in asked]
        if not len(self._standing):
            return told
        self.forwards += count_as * len(asked)
        places = torch.cat([self._standing + len(self._labels) * variant for variant in range(variants)])
        answers = self._answers(pictures[places], self._labels[self._standing].repeat(variants), chosen)
        return [whole.index_copy(0, places, answer) for whole, answer in zip(told, answers, strict=True)]

    def ask_apart(self, pictures: Tensor, chosen: slice) -> tuple[list[Tensor], Answers]:
        """The chosen's answers, and the copy of the pictures `(N,3,H,W)` each was shown: its graph begins there."""
        shown = [pictures.detach().clone().requires_grad_() for _ in self._all[chosen]]
        self.forwards += len(shown)
        return shown, self._told(shown, self._labels, chosen)

    def side_by_side(self, pictures: Tensor, chosen: slice) -> bool:
        """Whether they are asked at the same time: all say of themselves that they can be (`abreast`)."""
        return self.resting is None and self._free and pays(self._all[chosen], pictures)

    def in_turn(self) -> None:
        """From now on one is asked after the other."""
        self._free = False

    def each(self, chosen: slice, work: Callable[[int], T]) -> list[T]:
        """What `work` gives for each place among the chosen, side by side."""
        return abreast(self._all[chosen], work)

    def _answers(self, pictures: Tensor, labels: Tensor, chosen: slice) -> Answers:
        shown = [pictures.clone() for _ in self._all[chosen]]  # some work in place
        return self._told(shown, labels, chosen)

    def _told(self, shown: Sequence[Tensor], labels: Tensor, chosen: slice) -> Answers:
        if not shown:
            return []
        places = range(len(self._all))[chosen]
        if self.side_by_side(shown[0], chosen):
            answers = self.each(chosen, lambda place: self._answer(places[place], shown[place]))
        else:
            with_all()
            answers = [self._answer(k, one) for k, one in zip(places, shown, strict=True)]
        for k, one, answer in zip(places, shown, answers, strict=True):
            if one.requires_grad and torch.is_grad_enabled():
                self.audit.watch(k, one, answer, labels)
        return judged_apart([answer.to(shown[0].dtype) for answer in answers], labels, self._names[chosen])

    def settle(self) -> None:
        """After a way back; ValueError where a surrogate's gradient is not what its answers do."""
        self.audit.settle(self._answer)

    def _answer(self, index: int, shown: Tensor) -> Tensor:
        with _evaluating(self._training[index]):
            try:
                answer = self._all[index](shown)
            except RuntimeError as error:
                if "nference tensor" not in str(error):
                    raise
                raise ValueError(
                    f"The weights of {self._names[index]} were made inside torch.inference_mode, where no gradient can "
                    "be had: load them outside, or use an attack that asks for answers only (nes, spsa)."
                ) from error
        self._check(answer, len(shown))
        return answer


def can_be_beside(surrogates: Sequence[Surrogate]) -> bool:
    """Whether each says of itself that it can be asked while others are; who answers by lot draws in turn."""
    return all(getattr(one, "abreast", False) and not at_random(one) and not _training(one) for one in surrogates)


def title(surrogate: Surrogate) -> str:
    """What to call it: a classifier's own title, or the name of its class or function."""
    card = getattr(surrogate, "card", None)
    return str(getattr(card, "title", "") or getattr(surrogate, "__name__", "") or type(surrogate).__name__)


def _training(surrogate: Surrogate) -> list[nn.Module]:
    """The parts that would move their statistics, or drop at random."""
    return [part for part in surrogate.modules() if part.training] if isinstance(surrogate, nn.Module) else []


@contextmanager
def _evaluating(parts: Sequence[nn.Module]) -> Iterator[None]:
    for part in parts:
        part.training = False
    try:
        yield
    finally:
        for part in parts:
            part.training = True
