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
    logits. shipped: whether its weights lie in this project, so that nothing need be fetched. small, large: the
    selection to begin with on a CPU, and on a GPU where that is another one. watched: whether the pack's other
    networks are asked in the end where nobody says who. epsilon: the strength to begin with, in levels of 255.
    guards: the defences that are asked in the end, to begin with.
    """

    name: str
    title: str
    sentence: str
    sides: tuple[int, ...]
    vocabulary: Callable[[], dict[str, str]]
    shipped: bool
    small: Starters
    large: Starters | None = None
    watched: bool = True
    epsilon: float
    guards: Guards

    @property
    def side(self) -> int:
        """The default canvas, in pixels."""
        return self.sides[0]

    def starters(self, device: str = "cpu") -> Starters:
        """The selection to begin with: on a GPU the networks of the papers, on a CPU what is small enough for one."""
        return self.large if self.large and device.startswith("cuda") else self.small

    def held_out(self) -> list[str]:
        """Who is asked in the end where nobody says who: the whole cast, but for what is there to be studied."""
        return [name for name in names(self.name) if find(name).role not in STUDIED] if self.watched else []


_GUARDS: Guards = {"jpeg": {"quality": 75}, "bit-depth": {"bits": 4}, "random-resize-pad": {}}
_ROWS = (
    Pack(
        name="tiny",
        title="Laboratory",
        sentence="Knows 64 things at 64 × 64 pixels. Small networks of many kinds, to study attacks in a second.",
        sides=(64,),
        vocabulary=labels.tiny,
        shipped=True,
        small=Starters(("tiny/resnet", "tiny/densenet", "tiny/resnet-robust"), ("tiny/googlenet", "tiny/regnet")),
        epsilon=12,
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
        guards={"softmax": {}, "vote": {}, "logits": {}},
    ),
    Pack(
        name="imagenet",
        title="Photographs",
        sentence="Names a thousand things in photographs of your own.",
        sides=(299, 224),
        vocabulary=labels.imagenet,
        shipped=False,
        small=Starters(
            (
                "imagenet/mobilenetv3_large_100.ra_in1k",
                "imagenet/efficientnet_b0.ra_in1k",
                "imagenet/densenet121.tv_in1k",
            ),
            ("imagenet/resnet50.tv_in1k", "imagenet/resmlp_12_224.fb_in1k"),
        ),
        large=Starters(
            (
                "imagenet/inception_v3.tf_in1k",
                "imagenet/inception_v4.tf_in1k",
                "imagenet/inception_resnet_v2.tf_in1k",
            ),
            ("imagenet/resnetv2_101.a1h_in1k", "imagenet/inception_v3.tf_adv_in1k"),
        ),
        epsilon=12,
        guards=_GUARDS,
    ),
)
PACKS: dict[str, Pack] = {row.name: row for row in _ROWS}
DEFAULT_PACK = "tiny"


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
