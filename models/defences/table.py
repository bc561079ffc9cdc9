"""THE table of defences: menus, tests, the README's table and `defend()` follow from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.classifier import Classifier
from models.defences.bit_depth import BitDepth
from models.defences.guard import Guarded
from models.defences.jpeg import Jpeg
from models.defences.random_resize_pad import RandomResizePad

Members = Classifier | Sequence[Classifier]


@dataclass(frozen=True)
class Defence:
    """One defence: its words, and how it is put in front of a classifier.

    build: from the classifier and the parameters to the defended classifier; raises ValueError for bad ones.
    gradient: how a gradient passes: `exact`, `straight-through` (BPDA: as if it were the identity) or `random`
    (that of one draw: average over draws). random: whether every query draws anew, so that a verdict needs many.
    """

    name: str
    title: str
    sentence: str
    paper: str
    link: str
    build: Callable[..., Classifier]
    gradient: str = "exact"
    random: bool = False


_ROWS = (
    Defence(
        "jpeg",
        "JPEG",
        "Saves the picture as a JPEG first, which throws fine detail away.",
        "Guo et al. 2018",
        "https://arxiv.org/abs/1711.00117",
        lambda classifier, quality=75: Guarded(classifier, Jpeg(quality)),
        gradient="straight-through",
    ),
    Defence(
        "bit-depth",
        "Fewer shades",
        "Rounds every colour to a few shades, so that small changes vanish or jump.",
        "Xu et al. 2018",
        "https://arxiv.org/abs/1704.01155",
        lambda classifier, bits=3: Guarded(classifier, BitDepth(bits)),
        gradient="straight-through",
    ),
    Defence(
        "random-resize-pad",
        "Random resizing",
        "Shrinks the picture by a random amount and pads it at a random place, anew at every look.",
        "Xie et al. 2018",
        "https://arxiv.org/abs/1711.01991",
        lambda classifier, smallest=0.9: Guarded(classifier, RandomResizePad(smallest)),
        gradient="random",
        random=True,
    ),
)

DEFENCES: dict[str, Defence] = {defence.name: defence for defence in _ROWS}


def defend(name: str, classifier: Members, **parameters: Any) -> Classifier:
    """The classifier behind the named defence: a `Classifier` again, with the same labels.

    Ensembles take a list of classifiers. Raises ValueError for an unknown name, an unknown parameter or a value
    out of range, saying what is allowed.
    """
    if not isinstance(name, str) or name not in DEFENCES:
        raise ValueError(f"Unknown defence {name!r}: use one of {', '.join(DEFENCES)}.")
    defence = DEFENCES[name]
    allowed = list(defence.build.__code__.co_varnames[1 : defence.build.__code__.co_argcount])
    unknown = [parameter for parameter in parameters if parameter not in allowed]
    if unknown:
        has = f"it has {', '.join(allowed)}" if allowed else "it has none"
        raise ValueError(f"{defence.title} has no parameter {unknown[0]!r}: {has}.")
    return defence.build(classifier, **parameters)
