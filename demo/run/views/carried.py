"""What carries it (Bluff's question, Das et al. 2020): who is still fooled with a part of the change only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.run.jury import Jury, Member, answered
from demo.run.kept import Kept
from demo.run.picture import Pixels, to_tensor, within
from demo.run.verdict import Juror

SHARES = (0.01, 0.05, 0.2, 0.5, 1.0)
WAYS = {
    "pixels": "the pixels that were changed most",
    "frequencies": "the strongest waves of the change",
}


@dataclass(frozen=True)
class Carried:
    """One part of the change on the original.

    way: a key of WAYS. share: how much of it, of 1. picture: the original with that part. said: what each juror that
    was asked before the attack says, with its probability and its status as a finding's.
    """

    way: str
    share: float
    picture: Pixels
    said: tuple[tuple[Juror, str, float, str], ...]


def carried(kept: Kept, jury: Jury) -> Iterator[Carried]:
    """Every part in turn, from the smallest."""
    asked = [member for member in jury if member.juror.name in kept.prepared.look.before]
    for share in SHARES:
        for way in WAYS:
            picture = part(kept.plan.original, kept.finished.adversarial, way, share, kept.plan.seed)
            picture = within(picture, kept.plan.original, kept.plan.epsilon)
            yield Carried(way, share, picture, tuple(_asked(kept, member, picture) for member in asked))


def part(original: Pixels, adversarial: Pixels, way: str, share: float, seed: int = 0) -> Pixels:
    """The original with the largest part of the change, `share` of all pixels or of all frequencies.

    Pixels are ranked by the sum of their colours' changes, equals by lot; frequencies, of each colour, by magnitude.
    """
    change = adversarial.astype(np.float64) - original
    kept = _pixels(change, share, seed) if way == "pixels" else _frequencies(change, share)
    return np.clip(np.rint(original + kept), 0, 255).astype(np.uint8)


def _pixels(change: NDArray[np.float64], share: float, seed: int) -> NDArray[np.float64]:
    size = np.abs(change).sum(axis=2)
    lots = np.random.default_rng(seed).random(size.shape)
    order = np.lexsort((lots.ravel(), -size.ravel()))
    chosen = np.zeros(size.size, dtype=bool)
    chosen[order[: max(1, round(share * size.size))]] = True
    return change * chosen.reshape(size.shape)[..., None]


def _frequencies(change: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    waves = np.fft.rfft2(change, axes=(0, 1))
    size = np.abs(waves).ravel()
    count = max(1, round(share * size.size))
    least = np.partition(size, -count)[-count]
    return np.fft.irfft2(np.where(np.abs(waves) >= least, waves, 0), s=change.shape[:2], axes=(0, 1))


def _asked(kept: Kept, member: Member, picture: Pixels) -> tuple[Juror, str, float, str]:
    now, mark = answered(member, to_tensor(picture, kept.plan.device), kept.plan, kept.prepared)
    return member.juror, now.answer, dict(now.top).get(now.answer, 0.0), mark
