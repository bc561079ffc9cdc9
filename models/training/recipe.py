"""What a recipe is: how one network of the pack, or one trio, is made."""

from __future__ import annotations

from dataclasses import dataclass, fields

from models.networks import Blueprint
from models.training import objectives
from models.training.architectures import PurifierBlueprint, TrioBlueprint
from models.training.objectives import Objective
from models.training.optimisers import SGD, Optimiser

Sizes = tuple[tuple[int, float], ...]
GROWING: Sizes = ((32, 0.3), (48, 0.35), (64, 0.35))
FINE: Sizes = ((48, 0.66), (64, 0.34))  # for networks that begin from finished weights


@dataclass(frozen=True)
class TrainingRecipe:
    """How one network of the pack is made.

    sizes: (side in pixels, share of the epochs), in order; the shares add up to 1.
    objective: what is minimised; `mode` and `note` say it in a word and in a sentence on the card, which adds `start`.
    others: recipes whose finished networks the objective learns from, or is attacked through.
    patches: whether the smaller sizes are cut out of the pictures, rather than pictures made smaller.
    start: the finished network of the same blueprint, or a trio's three, that this one begins with; from scratch
        where empty.
    """

    name: str
    blueprint: Blueprint | PurifierBlueprint | TrioBlueprint
    epochs: int
    sizes: Sizes = GROWING
    optimiser: Optimiser = SGD
    objective: Objective = objectives.clean
    mode: str = "clean"
    note: str = "growing sizes"
    others: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    pack: str = "tiny"
    patches: bool = False
    batch: int = 128
    seed: int = 0

    def size(self, epoch: int) -> int:
        """The side in pixels of the pictures of one epoch."""
        progress, passed = (epoch + 0.5) / self.epochs, 0.0
        for side, share in self.sizes:
            passed += share
            if progress < passed:
                return side
        return self.sizes[-1][0]

    @property
    def products(self) -> tuple[str, ...]:
        """The names of the files that come out of it."""
        if isinstance(self.blueprint, TrioBlueprint):
            return tuple(f"{self.name}-{number + 1}" for number in range(self.blueprint.count))
        return (self.name,)

    @property
    def purifies(self) -> bool:
        """Whether this is a purifier, from pixels to pixels, and not a classifier."""
        return isinstance(self.blueprint, PurifierBlueprint)

    def key(self) -> str:
        """Tells this recipe from any other, in every process alike, which an objective's own `repr` does not."""
        facts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "objective"}
        return str(facts | {"settings": getattr(self.objective, "keywords", {})})
