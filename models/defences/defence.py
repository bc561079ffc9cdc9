"""Defence: what a row of the table says about one defence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from models.classifier import Classifier
from models.defences.knobs import Knob, Number

Gradient = Literal["exact", "straight-through", "random"]
GRADIENTS: dict[Gradient, str] = {
    "exact": "Its gradient is exact.",
    "straight-through": "Its steps have no slope: an attacker takes that of a smooth stand-in (BPDA).",
    "random": "Every look draws anew: an attacker averages the gradients of several.",
}
"""What the gradient of an attacked one is, for a person."""


@dataclass(frozen=True, kw_only=True)
class Defence:
    """One defence: its words, and how it is put in front of a classifier.

    build: from the classifier (a list of them where `several`) and the settled knobs to the defended one.
    gradient: how a gradient passes: `exact`, `straight-through` (BPDA, Athalye et al. 2018: the value is the
        defence's, the gradient that of a smooth stand-in, mostly the identity) or `random` (that of this look's
        draw: average over looks).
    random: whether every look draws anew, so that a verdict needs many (`judge`).
    by_query: whether all pictures of one look share its draw (SEM's jury), rather than each having its own.
    several: whether it is made of a list of classifiers; a single one is then a list of one.
    made_of: the catalogue's role of the classifiers that such a list should hold, where there are any.
    knobs: its settings, with limits and words.
    """

    name: str
    title: str
    sentence: str
    paper: str
    link: str
    build: Callable[..., Classifier]
    gradient: Gradient = "exact"
    random: bool = False
    by_query: bool = False
    several: bool = False
    made_of: str = "normal"
    knobs: tuple[Knob, ...] = ()

    @property
    def offered(self) -> tuple[Number, ...]:
        """The knobs that a form offers: lists have no widget, and `judge` is told of looks at each question."""
        return tuple(knob for knob in self.knobs if isinstance(knob, Number) and not knob.judged)

    @property
    def attacked(self) -> str:
        """How one that is attacked passes its gradient, in a sentence or two."""
        kinds: list[Gradient] = [self.gradient]
        if self.random and self.gradient != "random":
            kinds.append("random")
        return " ".join(GRADIENTS[kind] for kind in kinds)
