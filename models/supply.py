"""What a choice of classifiers takes, and whether it can be had, asked before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models import hub
from models.catalog import STUDIED, find, names


class Needs(NamedTuple):
    """download: bytes that must be fetched first. memory: bytes that the weights take once loaded."""

    download: int
    memory: int


def needs(wanted: Iterable[str]) -> Needs:
    """What loading these classifiers takes, without loading any; batch statistics (under 1 %) are not counted."""
    cards = [find(name) for name in dict.fromkeys(wanted)]
    missing = [card for card in cards if card.hub and not hub.at_hand(card.hub)]
    shipped = [card for card in cards if not card.hub]
    # A hub's file has four bytes a parameter; a shipped one has two, and is loaded with four.
    memory = sum(4 * card.parameters for card in cards) + sum(
        2 * card.weights.stat().st_size for card in shipped if card.weights.exists()
    )
    return Needs(sum(4 * card.parameters for card in missing), memory)


class Availability(NamedTuple):
    """usable: whether a pack can be used now. why: if not, a sentence for the visitor; else empty."""

    usable: bool
    why: str


def available(pack: str) -> Availability:
    """Whether networks of that pack can be had now: on this machine, or from a hub that answers within seconds."""
    cards = [find(name) for name in names(pack)]
    if any(not card.hub or hub.at_hand(card.hub) for card in cards):
        return Availability(True, "")
    why = hub.trouble(cards[0].hub)
    return Availability(not why, why)


class Starters(NamedTuple):
    """Names to begin with: surrogates for the attacker, and held-out networks that it never meets."""

    surrogates: tuple[str, ...]
    held_out: tuple[str, ...]


_SMALL = Starters(
    ("imagenet/mobilenetv3_large_100.ra_in1k", "imagenet/efficientnet_b0.ra_in1k", "imagenet/densenet121.tv_in1k"),
    ("imagenet/resnet50.tv_in1k", "imagenet/resmlp_12_224.fb_in1k"),
)
_PAPERS = Starters(
    ("imagenet/inception_v3.tf_in1k", "imagenet/inception_v4.tf_in1k", "imagenet/inception_resnet_v2.tf_in1k"),
    ("imagenet/resnetv2_101.a1h_in1k", "imagenet/inception_v3.tf_adv_in1k"),
)
SHIPPED = {
    "tiny": Starters(("tiny/resnet", "tiny/densenet", "tiny/resnet-robust"), ("tiny/googlenet", "tiny/regnet")),
    "trios": Starters(("trios/dverge-1", "trios/dverge-2", "trios/dverge-3"), ()),
}
"""The packs whose weights lie in this project, so that nothing need be fetched, and what they begin with."""


def trios() -> dict[str, list[str]]:
    """The ensembles of three by name, the title of their networks without its number."""
    found: dict[str, list[str]] = {}
    for name in names("trios"):
        found.setdefault(find(name).title.rpartition(" ")[0], []).append(name)
    return found


def trio_of(members: Iterable[str]) -> str | None:
    """The name of the trio that these networks are, if they are one."""
    together = set(members)
    return next((title for title, names in trios().items() if set(names) == together), None)


def bystanders(pack: str) -> list[str]:
    """Who is asked in the end where nobody says who.

    In the built-in pack the whole cast, but for what is there to be studied. Nobody in the pack of trios, where the
    question is how a jury bears an attack on itself.
    """
    if pack == "trios":
        return []
    return [name for name in names(pack) if find(name).role not in STUDIED]


def starters(pack: str, device: str = "cpu") -> Starters:
    """The selection to begin with: on a GPU the Inceptions of the papers, on a CPU networks small enough for one."""
    names(pack)
    if pack in SHIPPED:
        return SHIPPED[pack]
    return _PAPERS if device.startswith("cuda") else _SMALL
