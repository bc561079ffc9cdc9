"""THE table of packs: a pack is a set of classifiers over one label space at one canvas size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from models import labels
from models.catalog import STUDIED, find, names

Guards = Mapping[str, Mapping[str, Any]]
"""Defences by name, each with the parameters that differ from its defaults."""


class Starters(NamedTuple):
    """Names to begin with: surrogates for the attacker, and held-out networks that it never meets."""

    surrogates: tuple[str, ...]
    held_out: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack. Its classifiers are the stanzas of `catalog.toml` whose names begin with its own.

    title: what a menu says. sentence: what it is for. sides: the canvases in pixels that a picture can be brought to
    before anybody looks; the first is the default. vocabulary: gives WordNet id -> class name, in the order of the
    logits. shipped: whether all its weights lie in this project, so that nothing need be fetched. small: the selection
    to begin with. watched: whether all other networks of the pack are asked in the end where nobody says who, or those
    of the selection alone. epsilon: the strength to begin with, in levels of 255. sure: the mean probability from which
    on surrogates of which most agree are believed to know a picture (`python -m demo.benchmark known` measures what it
    takes for known). looks: how often random ones are asked. guards: the defences that are asked in the end, to begin
    with.
    """

    name: str
    title: str
    sentence: str
    sides: tuple[int, ...]
    vocabulary: Callable[[], dict[str, str]]
    shipped: bool
    small: Starters
    watched: bool = True
    epsilon: float
    sure: float
    looks: int = 20
    guards: Guards

    @property
    def side(self) -> int:
        """The default canvas, in pixels."""
        return self.sides[0]

    def starters(self, device: str = "cpu") -> Starters:
        """The selection to begin with; the same on every device."""
        return self.small

    def held_out(self) -> list[str]:
        """Who is asked in the end where nobody says who; what is there to be studied is not."""
        if not self.watched:
            return list(self.small.held_out)
        return [name for name in names(self.name) if find(name).role not in STUDIED]


_GUARDS: Guards = {"jpeg": {"quality": 75}, "bit-depth": {"bits": 4}, "random-resize-pad": {}}
_ROWS = (
    Pack(
        name="imagenet",
        title="Photographs",
        sentence="Names a thousand things in photographs of your own.",
        sides=(224, 299),
        vocabulary=labels.imagenet,
        shipped=False,
        small=Starters(
            ("imagenet/squeezenet1_1", "imagenet/efficientnet_lite0", "imagenet/efficientnet_lite1"),
            ("imagenet/efficientnet_lite2",),
        ),
        watched=False,
        epsilon=4,
        sure=0.2,
        looks=10,
        guards={"jpeg": {"quality": 75}, "random-resize-pad": {}, "bit-depth": {"bits": 4}, "softmax": {}},
    ),
    Pack(
        name="tiny",
        title="Laboratory",
        sentence="Knows 64 things at 64 × 64 pixels. Small networks of many kinds, to study attacks in a second.",
        sides=(64,),
        vocabulary=labels.tiny,
        shipped=True,
        small=Starters(("tiny/resnet", "tiny/densenet", "tiny/resnet-robust"), ("tiny/googlenet", "tiny/regnet")),
        epsilon=12,
        sure=0.5,
        guards=_GUARDS,
    ),
    Pack(
        name="trios",
        title="Trios",
        sentence="Three small networks trained to disagree, who answer as one. How do they bear an attack?",
        sides=(64,),
        vocabulary=labels.tiny,
        shipped=True,
        small=Starters(("trios/dverge-1", "trios/dverge-2", "trios/dverge-3"), ()),
        watched=False,
        epsilon=2,
        sure=0.3,
        guards={"softmax": {}, "vote": {}, "logits": {}},
    ),
)
PACKS: dict[str, Pack] = {row.name: row for row in _ROWS}
DEFAULT_PACK = "tiny"
"""The pack of requests and calls that name none."""
OPENING_PACK = "imagenet"
"""The pack that the page opens with, where its networks are at hand."""


def pack(name: str) -> Pack:
    """The row of that name; ValueError for an unknown one."""
    names(name)
    return PACKS[name]


def starters(pack: str, device: str = "cpu") -> Starters:
    """The selection to begin with in the pack of that name; ValueError for an unknown one."""
    names(pack)
    return PACKS[pack].starters(device)


def trios() -> dict[str, list[str]]:
    """The ensembles of three by name, the title of their networks without its number."""
    found: dict[str, list[str]] = {}
    for name in names("trios"):
        found.setdefault(find(name).title.rpartition(" ")[0], []).append(name)
    return found


def trio_of(members: Iterable[str]) -> str | None:
    """The name of the trio that these networks are, if they are one."""
    together = set(members)
    return next((title for title, three in trios().items() if set(three) == together), None)
