"""Defence: what a row of the table says about one defence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from models.classifier import Classifier
from models.defences.knobs import Knob


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
    gradient: Literal["exact", "straight-through", "random"] = "exact"
    random: bool = False
    by_query: bool = False
    several: bool = False
    made_of: str = "normal"
    knobs: tuple[Knob, ...] = ()
