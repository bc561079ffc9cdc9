"""SEM, the stochastic ensemble smoothed model (Qin et al. 2021): a different jury for every query."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from models.classifier import Classifier
from models.defences.defence import Defence
from models.defences.ensembles import Collective, mean_probability
from models.defences.guard import normal, whole
from models.defences.knobs import Number, Numbers
from models.defences.smoothing import ALPHA


class Stochastic(Collective):
    """Every query draws how many architectures answer, which ones, and how much noise each bears (section 3.3, a-d).

    Members built alike are one architecture, with as many levels as the noises they were trained under
    (`card.sigma`); a member that was not trained under noise offers `sigmas` instead, and 0 among these is the
    unsmoothed model, which the paper's collection has too. The number is uniform from `smallest` to `largest` (the
    paper's 1, 2 or 3, and 6, 7 or 8 in its section 4.4); architectures are drawn without replacement, a level for each
    of them independently. The answer is the logarithm of their mean probability. One call is one query: its batch
    shares the draw, as pictures sent together do.
    """

    def __init__(
        self,
        members: Sequence[Classifier],
        sigmas: tuple[float, ...],
        largest: int,
        alpha: float,
        smallest: int = 1,
    ) -> None:
        super().__init__(members, mean_probability)
        self.collection = _collection(self.members, sigmas)
        self.largest = min(max(smallest, largest), len(self.collection))
        self.smallest = min(smallest, self.largest)
        self.alpha = alpha

    def draw(self, generator: torch.Generator | None = None) -> list[tuple[int, float]]:
        """One query's jury: pairs of a member's index and its sigma."""
        waiting = list(self.collection)
        number = whole(self.smallest, self.largest, generator)
        chosen = [waiting.pop(whole(0, len(waiting) - 1, generator)) for _ in range(number)]
        return [levels[whole(0, len(levels) - 1, generator)] for levels in chosen]

    def look(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        answers = [
            self.members[index].look(pixels + sigma * normal(pixels, generator), generator)
            for index, sigma in self.draw(generator)
        ]
        return self.form(torch.stack(answers), generator)


def _collection(members: Sequence[Classifier], sigmas: tuple[float, ...]) -> list[list[tuple[int, float]]]:
    """For each architecture its levels: pairs of a member's index and the sigma that it is asked under."""
    levels: dict[str, list[tuple[int, float]]] = {}
    for index, member in enumerate(members):
        architecture = repr(member.card.blueprint) if member.card else f"member {index}"
        trained = (member.card.sigma,) if member.card and member.card.sigma else sigmas
        levels.setdefault(architecture, []).extend((index, sigma) for sigma in trained)
    return list(levels.values())


ROW = Defence(
    name="sem",
    title="Ever-changing jury",
    sentence="Draws a new jury for every query: how many networks, which ones, and how much noise each must bear.",
    paper="Qin et al. 2021",
    link="https://arxiv.org/abs/2105.02803",
    build=Stochastic,
    gradient="random",
    random=True,
    by_query=True,
    several=True,
    made_of="smoothed",
    knobs=(
        Numbers(
            name="sigmas",
            default=(0.0, 0.02, 0.04),
            low=0,
            high=2,
            title="Noise levels",
            help="Smoothing levels to draw from.",
        ),
        Number(
            name="largest",
            default=3,
            low=1,
            high=100,
            title="Largest jury",
            help="How many networks may answer one query at most.",
            whole=True,
        ),
        ALPHA,
        Number(
            name="smallest",
            default=1,
            low=1,
            high=100,
            title="Smallest jury",
            help="How many networks answer one query at least; above the largest, always so many.",
            whole=True,
        ),
    ),
)
