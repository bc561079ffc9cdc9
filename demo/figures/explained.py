"""Each attack's own chart: what it really computed on the way, in the words of its idea.

THE table from a recipe's `chart` to its title, its curves and how to read them. `details` are those of the frames,
as plain lists: one number a picture, or one a surrogate and picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.run.verdict import Juror

Curve = tuple[str, str, float]
"""A curve's name, its colour and its value at one frame."""

INK = ("#4c6ef5", "#e8590c", "#868e96")


@dataclass(frozen=True)
class Explained:
    """title: what is shown. words: how to read it, in a sentence. share: whether values are shares of 1."""

    title: str
    words: str
    curves: Callable[[Mapping[str, Any], Sequence[Juror]], list[Curve]]
    share: bool = False


def _alone(key: str, name: str) -> Callable[[Mapping[str, Any], Sequence[Juror]], list[Curve]]:
    return lambda details, surrogates: [(name, INK[0], details[key][0])]


def _each(key: str) -> Callable[[Mapping[str, Any], Sequence[Juror]], list[Curve]]:
    """One curve a surrogate, in its colour."""
    return lambda details, surrogates: [
        (juror.title, juror.color, row[0]) for juror, row in zip(surrogates, details[key], strict=True)
    ]


def _agreement(details: Mapping[str, Any], surrogates: Sequence[Juror]) -> list[Curve]:
    camps = details["agreement"]
    return [(f"{name} agree", ink, camps[name][0]) for name, ink in zip(("all", "most", "few"), INK, strict=True)]


def _variances(details: Mapping[str, Any], surrogates: Sequence[Juror]) -> list[Curve]:
    # The gradients' scale differs from picture to picture; what counts is how much of the variance is left.
    before, after = details["variance_before"][0], details["variance_after"][0]
    return [("one juror at a time", INK[1], 1.0), ("after correction", INK[0], after / before if before else 0.0)]


EXPLAINED: dict[str, Explained] = {
    "turn": Explained(
        title="How straight the way is",
        words="1: the new gradient points where the way led so far; 0: it points elsewhere; below: it turns back.",
        curves=_alone("turn", "cosine to the earlier direction"),
    ),
    "loss": Explained(
        title="What the attack drives up",
        words="Its own objective, iteration by iteration.",
        curves=_alone("loss", "objective"),
    ),
    "stride": Explained(
        title="How long the strides are",
        words="They halve whenever they stop paying. In units of the first stride or of pixels, as the attack counts.",
        curves=_alone("stride", "stride"),
    ),
    "distance": Explained(
        title="How far the nearest border is",
        words="The distance to the closest wrong class, as the networks' slopes suggest, in pixel units.",
        curves=_alone("distance", "distance"),
    ),
    "lambda": Explained(
        title="How much each juror's mind moves the verdict",
        words="λ: how fast the whole jury's margin falls when one juror's does; 0 once that juror is lost.",
        curves=_each("lambda"),
    ),
    "kept": Explained(
        title="Where the jurors agree",
        words="The share of pixels that are kept because the surrogates' gradients agree there.",
        curves=_alone("kept", "pixels kept"),
        share=True,
    ),
    "agreement": Explained(
        title="Where the jurors agree",
        words="The share of colour values on whose direction all, most or few surrogates agree.",
        curves=_agreement,
        share=True,
    ),
    "followed": Explained(
        title="Whose way it goes",
        words="The share of colour values on which the step goes each surrogate's own way: one juror may dominate.",
        curves=_each("followed"),
        share=True,
    ),
    "variance_before": Explained(
        title="How much disagreement is left",
        words="The variance of the inner steps' gradients after correction, where 1 is what it would be without.",
        curves=_variances,
    ),
    "cosine": Explained(
        title="How alike the jurors' gradients are",
        words="1: all point the same way; 0: each points its own.",
        curves=_alone("cosine", "mean cosine over pairs"),
    ),
    "scales": Explained(
        title="How loud each juror has become",
        words="The scale that the attack has learnt for each surrogate.",
        curves=_each("scales"),
    ),
    "margin": Explained(
        title="How far ahead the label is",
        words="Its probability minus the strongest other's, as the answers say; below 0 the jury is fooled.",
        curves=_alone("margin", "margin"),
    ),
}
