"""The surrogates of one run: asked together or some of them, each forward pass counted, each answer checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from demo.attacks.answers import AnswerCheck

Surrogate = Callable[[Tensor], Tensor]
"""From pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`: a `Classifier`, or any module or function of the reader's."""

Answers = list[Tensor]
"""Each asked surrogate's logits `(N,C)`."""

EVERYONE = slice(None)


class Surrogates:
    """Asks for logits.

    classes_needed: how many classes the task's labels speak of. forwards: forward passes through one surrogate.
    """

    def __init__(self, surrogates: Sequence[Surrogate], classes_needed: int) -> None:
        self.forwards = 0
        self._all = tuple(surrogates)
        self._check = AnswerCheck(classes_needed)

    def __len__(self) -> int:
        return len(self._all)

    def ask(self, pictures: Tensor, chosen: slice = EVERYONE, count_as: int = 1) -> Answers:
        """The chosen surrogates' answers to pixels `(N,3,H,W)`.

        count_as: how many forward passes of each this is: 0 where it is not the attack that asks, and as many as
            there are variants of the pictures where several share one batch.

        Raises:
            ValueError: an answer is not logits of shape (N, C) over one label space that holds the labels.
        """
        asked = self._all[chosen]
        self.forwards += count_as * len(asked)
        answers = [surrogate(pictures.clone()) for surrogate in asked]  # some work in place
        for answer in answers:
            self._check(answer, len(pictures))
        return answers
