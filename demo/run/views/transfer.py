"""Who fools whom (TREND, Ravikumar et al. 2022, Fig. 1): what is made on each network, shown to all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demo.attacks import craft
from demo.run import budget
from demo.run.jury import Jury, Member
from demo.run.kept import Kept
from demo.run.picture import Pixels, to_pixels, to_tensor, within
from demo.run.verdict import Juror
from models.transferability import counted

ATTACK, STEPS = "pgd", 10
BATCH = 8
"""Pictures that are attacked at once: between two batches the work can be stopped."""
Network = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Cell:
    """What was made on a source, shown to a target.

    right: how many of the pictures the target named rightly before. fell: how many of these it no longer does. counted,
    fooled: TREND's, who looks only at those that fool the source as well. belief: the mean probability of the label.
    """

    right: int
    fell: int
    counted: int
    fooled: int
    belief: float

    @property
    def share(self) -> float:
        """Of those that count, the share that is fooled; NaN where none counts."""
        return self.fooled / self.counted if self.counted else float("nan")


@dataclass(frozen=True)
class Transfer:
    """The matrix as far as it is known.

    sources, targets: in order; the first targets are the sources. rows: of the first sources, a cell a target. labels:
    of the pictures. left_out: sentences on pictures that do not count. left: seconds until the end, an estimate. early:
    whether the clock ended it.
    """

    sources: tuple[Juror, ...]
    targets: tuple[Juror, ...]
    rows: tuple[tuple[Cell, ...], ...]
    labels: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    left: float = 0.0
    early: bool = False

    @property
    def shares(self) -> Tensor:
        """`(S,T)`, NaN where nothing was counted, or not yet."""
        found = torch.full((len(self.sources), len(self.targets)), float("nan"), dtype=torch.float64)
        for place, row in enumerate(self.rows):
            found[place] = torch.tensor([cell.share for cell in row])
        return found


def live(kept: Kept, jury: Jury) -> Iterator[Transfer]:
    """On the picture on the stage; told after every row."""
    yield from on(kept, jury, [kept.plan.original], [kept.prepared.label])


def on(
    kept: Kept, jury: Jury, pictures: Sequence[Pixels], labels: Sequence[str], left_out: Sequence[str] = ()
) -> Iterator[Transfer]:
    """The matrix of the run's networks, at its strength, on pictures of these labels; told after every batch."""
    sources, targets = seats(jury)
    made_on, shown_to = (tuple(member.juror for member in members) for members in (sources, targets))
    attacked, asked = ([member.classifier for member in members] for members in (sources, targets))
    indices = torch.tensor([kept.plan.labels.index(label) for label in labels])
    began = time.perf_counter()
    told = matrix(attacked, asked, pictures, indices, kept.plan.epsilon, kept.plan.seed, kept.plan.device)
    for rows, done in told:
        left = (time.perf_counter() - began) * (1 - done) / done
        early = done < 1 and budget.spent(began)
        yield Transfer(made_on, shown_to, rows, tuple(labels), tuple(left_out), left, early)
        if early:
            return


def seats(jury: Jury) -> tuple[list[Member], list[Member]]:
    """Who is attacked, and who is shown what came of it: first those same, then networks behind a defence.

    Those that answer by lot are no part of it, nor juries of several: a cell is about two networks.
    """
    alone = [member for member in jury if not member.juror.random and len(member.entry.networks) == 1]
    single = [member for member in alone if not member.entry.beside]
    sources = [member for member in single if member.juror.group == "surrogate" or member.entry.bare]
    if not sources:
        raise ValueError(
            "Nobody in this run is one network that always gives the same answer, so that no cell is certain: choose "
            "others."
        )
    return sources, sources + [member for member in single if member not in sources]


Rows = tuple[tuple[Cell, ...], ...]


def matrix(
    sources: Sequence[Network],
    targets: Sequence[Network],
    pictures: Sequence[Pixels],
    labels: Tensor,
    epsilon: float,
    seed: int = 0,
    device: str = "cpu",
) -> Iterator[tuple[Rows, float]]:
    """The rows that are complete, and how much is done, of 1.

    PGD of `STEPS` steps from each source alone; the pictures are judged in 8 bits. TREND takes 40 steps of 0.01.

    Args:
        sources, targets: the first targets are the sources, in order.
        pictures: of one size. labels: `(N,)`.
        epsilon: in levels of 255.
    """
    labels = labels.to(device)
    clean = torch.cat([_right(targets, part, labels[at], device)[0] for at, part in _batches(pictures)], dim=1)
    rows: Rows = ()
    batches = list(_batches(pictures))
    for place, source in enumerate(sources):
        seen = []
        for at, part in batches:
            moved = _made(source, part, labels[at], epsilon, seed, device)
            seen.append(_right(targets, moved, labels[at], device))
            if len(seen) == len(batches):
                right, belief = (torch.cat([one[k] for one in seen], dim=1) for k in (0, 1))
                rows = (*rows, _row(clean, ~right, belief, place))
            yield rows, (place * len(batches) + len(seen)) / (len(sources) * len(batches))


def _row(clean: Tensor, wrong: Tensor, belief: Tensor, source: int) -> tuple[Cell, ...]:
    counts, fooled = counted(clean, wrong, source)
    columns = (clean.sum(1), (clean & wrong).sum(1), counts, fooled, belief.double().mean(1))
    return tuple(Cell(*cell) for cell in zip(*(column.tolist() for column in columns), strict=True))


def _batches(pictures: Sequence[Pixels]) -> Iterator[tuple[slice, Sequence[Pixels]]]:
    for begin in range(0, len(pictures), BATCH):
        yield slice(begin, begin + BATCH), pictures[begin : begin + BATCH]


def _made(
    source: Network, pictures: Sequence[Pixels], labels: Tensor, epsilon: float, seed: int, device: str
) -> list[Pixels]:
    stacked = torch.cat([to_tensor(one, device) for one in pictures])
    moved = craft(ATTACK, [source], stacked, labels, epsilon=epsilon / 255, steps=STEPS, seed=seed)
    return [within(to_pixels(one), picture, epsilon) for one, picture in zip(moved, pictures, strict=True)]


@torch.no_grad()
def _right(
    targets: Sequence[Network], pictures: Sequence[Pixels], labels: Tensor, device: str
) -> tuple[Tensor, Tensor]:
    """Which targets name which pictures rightly, and the probability of the label, both `(T,N)`."""
    stacked = torch.cat([to_tensor(one, device) for one in pictures])
    chances = torch.stack([target(stacked).softmax(-1) for target in targets])
    right = chances.argmax(-1) == labels
    return right.cpu(), chances[:, torch.arange(len(labels), device=labels.device), labels].cpu()
