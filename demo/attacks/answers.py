"""What surrogates may answer: logits as a tensor, one row a picture, over one label space."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class AnswerCheck:
    """Checks answers one by one, and that all of them share one label space with the labels.

    classes_needed: how many classes the task's labels speak of.
    """

    def __init__(self, classes_needed: int) -> None:
        self._needed = classes_needed
        self._classes: int | None = None

    def __call__(self, answer: object, pictures: int) -> None:
        """Raises ValueError, a sentence, for what is no answer to that many pictures."""
        if not isinstance(answer, Tensor):
            raise ValueError(
                f"A surrogate must give logits as a tensor, not {type(answer).__name__}: wrap it in a function that "
                "gives the logits alone."
            )
        if answer.ndim != 2 or len(answer) != pictures:
            raise ValueError(
                f"A surrogate must give logits of shape (N, C) for N pictures; for {pictures} of them one gave "
                f"{tuple(answer.shape)}."
            )
        if not answer.is_floating_point():
            raise ValueError(f"A surrogate must give logits as fractions; one gave {answer.dtype}.")
        classes = answer.shape[1]
        if classes < 2:
            raise ValueError("A surrogate must know two classes or more; one gave a single logit for each picture.")
        self._classes = self._classes or classes
        if classes != self._classes:
            raise ValueError(
                f"Surrogates must share one label space, but these give {sorted({classes, self._classes})} classes: "
                "choose surrogates of one pack."
            )
        if classes < self._needed:
            raise ValueError(
                f"Label {self._needed - 1} is out of range: the surrogates know classes 0 to {classes - 1}."
            )


def judged_apart(answers: Sequence[Tensor], labels: Tensor, names: Sequence[str]) -> list[Tensor]:
    """The answers in the pictures' precision, all of them finite; labels `(N,)`.

    A class that is switched off, -inf, gets a logit so far below the others that its share is 0 in every precision:
    what is made of the answers is then what the same networks without that class would give, and no difference of two
    infinities.

    Raises:
        ValueError: NaN or +inf among the logits, or a label that is switched off: nothing can be judged by that.
    """
    if math.isfinite(float(torch.stack([answer.detach() for answer in answers]).sum())):
        return list(answers)
    # One question to the device for all answers.
    tops = torch.stack([answer.amax(1).isfinite().all() for answer in answers])
    masked = torch.stack([answer.amin(1).isneginf().any() for answer in answers])
    for name, finite in zip(names, tops.tolist(), strict=True):
        if not finite:
            raise ValueError(
                f"The logits of {name} are not finite (NaN or infinity), and nothing can be judged by them: look for a "
                "division by zero in it, or for damaged weights."
            )
    return [
        _filled(answer, labels, name) if off else answer
        for answer, name, off in zip(answers, names, masked.tolist(), strict=True)
    ]


FAR_BELOW, TIMES_FURTHER = 1e6, 1e3


def _filled(answer: Tensor, labels: Tensor, name: str) -> Tensor:
    off = answer.isneginf()
    asked = off.gather(1, labels.unsqueeze(1)).squeeze(1)
    if bool(asked.any()):
        label = int(labels[asked][0])
        raise ValueError(f"Class {label} is switched off (-inf) in {name}: attack another class, or leave it out.")
    seen = answer.detach()
    top = seen.amax(1, keepdim=True)
    spread = top - seen.masked_fill(off, torch.inf).amin(1, keepdim=True)
    return torch.where(off, top - FAR_BELOW - TIMES_FURTHER * spread, answer)
