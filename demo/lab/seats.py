"""Who sits on a jury, as plain data: a network by its name, a defence of seats, or an attacker's way to look at one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from models.classifier import Classifier
from models.defences import DEFENCES, Averaged, defend

Networks = Callable[[str], Classifier]
"""From a catalogue's name to the network, loaded where the work is done."""
Seat = str | list[Any]
"""A network by its name, or `[defence, settings, [seats]]`, the defence a row of `DEFENCES` or of `STANCES`."""


class Kept(Classifier):
    """A random classifier whose draws an attacker learns every `queries` calls only, and takes for standing meanwhile.

    Each run of so many calls meets one draw, jury and noise alike (SEM's attacker B, Qin et al. 2021, section 4.2).
    """

    def __init__(self, classifier: Classifier, queries: int) -> None:
        super().__init__(classifier, classifier.labels, card=classifier.card, size=classifier.size)
        self.mean, self.std = classifier.mean, classifier.std
        self.random, self.by_query = classifier.random, classifier.by_query
        self.queries = queries
        self._asked, self._drawn = 0, 0

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        if self._asked % self.queries == 0:
            self._drawn = int(torch.randint(2**31, (), generator=generator))
        self._asked += 1
        classifier = cast(Classifier, self.network)
        return classifier.look(pixels, torch.Generator().manual_seed(self._drawn))


STANCES: Mapping[str, Callable[..., Classifier]] = {"averaged": Averaged, "kept": Kept}
"""How an attacker looks at a classifier that answers at random. They defend nothing, and nobody is judged so."""


def seated(seat: Seat, networks: Networks) -> Classifier:
    """The classifier that sits there; ValueError as `models.load` and `defend`."""
    if isinstance(seat, str):
        return networks(seat)
    defence, settings, members = seat
    inside = [seated(member, networks) for member in members]
    if defence in STANCES:
        return STANCES[defence](inside[0], **settings)
    several = len(inside) > 1 or DEFENCES[defence].several
    return defend(defence, inside if several else inside[0], **settings)


def drawing(seats: Sequence[Seat], networks: Networks, seed: int) -> list[Classifier]:
    """The classifiers that sit there, those that answer at random each with a generator of its own."""
    found = [seated(seat, networks) for seat in seats]
    for place, classifier in enumerate(found):
        if classifier.random:
            classifier.generator = torch.Generator().manual_seed(seed + 1 + place)
    return found


def at_random(seat: Seat) -> bool:
    """Whether whoever sits there answers at random."""
    if isinstance(seat, str):
        return False
    return (seat[0] in DEFENCES and DEFENCES[seat[0]].random) or any(at_random(member) for member in seat[2])
