"""The map (TREND, Ravikumar et al. 2022, Fig. 4): what each network says on a plane through the original."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo.run.jury import Jury, Member
from demo.run.kept import Kept
from demo.run.picture import Pixels
from demo.run.verdict import Juror
from models.defences import judge

LEFT, BOTTOM, WIDE = -1.0, -2.0, 4.0
"""The part of the plane that is drawn: the original at (0,0), the adversarial picture at (1,0)."""
COARSE = 5
FINE_SMALL, FINE = 33, 17
"""Points a side at the end: for pictures of up to 64 pixels or on a GPU, and else."""
PATIENCE = 9.0
"""Seconds after which no network is asked about finer points any more."""
BATCH = 32
CORNERS = 72
LOOKS = 5
"""How often one that answers at random is asked about a point; the most frequent answer is drawn."""

Grid = NDArray[np.int64]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One juror's answers on the plane: `(side,side)` indices of labels, rows from the bottom. asked: on how many
    points it was asked; between points that agree, the others are taken to agree as well.
    """

    juror: Juror
    answers: Grid
    asked: int


@dataclass(frozen=True)
class Plane:
    """What is known so far.

    box: the corners of epsilon's box on the plane. path: where the attack's pictures lie on it, iteration by iteration;
    what they changed outside of the plane is left out. labels: the pack's.
    """

    regions: tuple[Region, ...]
    box: tuple[tuple[float, float], ...]
    path: tuple[tuple[float, float], ...]
    labels: Sequence[str]


def surveyed(kept: Kept, jury: Jury, patience: float = PATIENCE) -> Iterator[Plane]:
    """Every juror in turn, coarse; then all of them finer, twice as fine each time, for so many seconds."""
    enough = time.monotonic() + patience
    change, aside = directions(kept.plan.original, kept.finished.adversarial, kept.plan.seed)
    box = corners(change, aside, kept.plan.epsilon / 255)
    path = tuple(located(frame.picture, kept.plan.original, change, aside) for frame in kept.finished.history)
    members = [one for one in jury if one.juror.name in kept.prepared.look.before]
    regions: dict[str, Region] = {}
    side, finest = COARSE, FINE_SMALL if len(kept.plan.original) <= 64 or kept.plan.device != "cpu" else FINE
    while side <= finest:
        for member in members:
            if side > COARSE and time.monotonic() > enough:
                return
            ask = _asking(kept, member, change, aside, side)
            regions[member.juror.name] = finer(member.juror, regions.get(member.juror.name), side, ask)
            yield Plane(tuple(regions.values()), box, path, kept.plan.labels)
        side = 2 * side - 1


def directions(original: Pixels, adversarial: Pixels, seed: int) -> tuple[Vector, Vector]:
    """The attack's change, in [-1,1], and random signs made orthogonal to it and as long, both `(H,W,3)`."""
    change = (adversarial.astype(np.float64) - original) / 255
    if not change.any():
        raise ValueError("This run changed nothing, so there is no direction to look along: give it more strength.")
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=change.shape)
    aside = signs - change * (signs * change).sum() / (change**2).sum()
    return change, aside * np.sqrt((change**2).sum() / (aside**2).sum())


def corners(change: Vector, aside: Vector, epsilon: float) -> tuple[tuple[float, float], ...]:
    """Where the plane leaves the box of `epsilon` around the original, once around."""
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    way = [(float(np.cos(angle)), float(np.sin(angle))) for angle in angles]
    far = [epsilon / float(np.abs(x * change + y * aside).max()) for x, y in way]
    return tuple((x * one, y * one) for (x, y), one in zip(way, far, strict=True))


def located(picture: Pixels, original: Pixels, change: Vector, aside: Vector) -> tuple[float, float]:
    """The picture's shadow on the plane."""
    moved = (picture.astype(np.float64) - original) / 255
    size = (change**2).sum()
    return float((moved * change).sum() / size), float((moved * aside).sum() / size)


Ask = Callable[[NDArray[np.int64]], NDArray[np.int64]]


def finer(juror: Juror, known: Region | None, side: int, ask: Ask) -> Region:
    """The region on `side` points a side. ask: from places `(P,2)`, row and column, to answers `(P,)`."""
    places = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1).reshape(-1, 2)
    if known is None:
        return Region(juror, ask(places).reshape(side, side), side * side)
    coarse = known.answers
    answers = coarse[places[:, 0] // 2, places[:, 1] // 2]
    around = [coarse[(places[:, 0] + up) // 2, (places[:, 1] + right) // 2] for up in (0, 1) for right in (0, 1)]
    doubted = np.any([one != answers for one in around], axis=0)
    answers[doubted] = ask(places[doubted]) if doubted.any() else answers[doubted]
    return Region(juror, answers.reshape(side, side), known.asked + int(doubted.sum()))


def _asking(kept: Kept, member: Member, change: Vector, aside: Vector, side: int) -> Ask:
    """Asks the member about points of the plane, cut off at the darkest and brightest that there is."""
    device = kept.plan.device
    original, across, up = (
        torch.from_numpy(one).permute(2, 0, 1).float().to(device)
        for one in (kept.plan.original.astype(np.float64) / 255, change, aside)
    )

    def ask(places: NDArray[np.int64]) -> NDArray[np.int64]:
        steps = torch.from_numpy(places).float().to(device) * WIDE / (side - 1)
        answers: list[Tensor] = []
        for part in steps.split(BATCH):
            rows, columns = (part[:, axis].view(-1, 1, 1, 1) for axis in (0, 1))
            points = original + (LEFT + columns) * across + (BOTTOM + rows) * up
            lots = torch.Generator(device).manual_seed(kept.plan.seed)
            answers.append(judge(member.classifier, points.clamp(0, 1), LOOKS, lots).top)
        found: NDArray[np.int64] = torch.cat(answers).cpu().numpy()
        return found

    return ask
