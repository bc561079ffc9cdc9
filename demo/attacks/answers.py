"""What surrogates may answer: logits as a tensor, one row a picture, over one label space."""

from __future__ import annotations

from collections.abc import Sequence

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


def check_gradients(answers: Sequence[Tensor]) -> None:
    """Raises ValueError where an answer does not depend on the pictures."""
    if not all(answer.requires_grad for answer in answers):
        raise ValueError(
            "A surrogate's logits carry no gradient back to the pictures: take it out of torch.no_grad, or use an "
            "attack that asks for answers only (nes, spsa)."
        )
