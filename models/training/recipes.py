"""The table of networks that this project trains: what each is, how long, at which sizes, to which end.

A recipe becomes `models/tiny/weights/<name>.safetensors`; people's words for it are in `models/catalog.toml`.
The order is that in which `python -m models.training all` makes what is missing: most useful to the page first.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial

from models.networks import Blueprint
from models.training import objectives
from models.training.objectives import Objective
from models.training.optimisers import ADAMW, SGD, Optimiser

Sizes = tuple[tuple[int, float], ...]
GROWING: Sizes = ((32, 0.3), (48, 0.35), (64, 0.35))
SMALL_FIRST: Sizes = ((32, 0.5), (48, 0.35), (64, 0.15))  # for networks that keep fine maps, and cost more


@dataclass(frozen=True)
class Recipe:
    """How one network of the pack is made.

    sizes: (side in pixels, share of the epochs), in order; the shares add up to 1.
    objective: what is minimised; `mode` and `note` say it in a word and in a sentence on the card.
    others: recipes whose finished networks the objective learns from, or is attacked through.
    """

    name: str
    blueprint: Blueprint
    epochs: int
    sizes: Sizes = GROWING
    optimiser: Optimiser = SGD
    objective: Objective = objectives.clean
    mode: str = "clean"
    note: str = "growing sizes; averaged weights"
    others: tuple[str, ...] = ()
    batch: int = 128
    seed: int = 0

    def size(self, epoch: int, epochs: int) -> int:
        """The side in pixels of the pictures of one epoch out of `epochs`."""
        progress, passed = (epoch + 0.5) / epochs, 0.0
        for side, share in self.sizes:
            passed += share
            if progress < passed:
                return side
        return self.sizes[-1][0]

    def key(self) -> str:
        """Tells this recipe from any other, in every process alike, which an objective's own `repr` does not."""
        facts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "objective"}
        return str(facts | {"settings": getattr(self.objective, "keywords", {})})


RESNET = Blueprint("timm", "resnet18", {"channels": [32, 64, 128, 256]}, ("maxpool",))
GOOGLENET = Blueprint(
    "torchvision",
    "googlenet",
    {"aux_logits": False, "transform_input": False, "init_weights": False},
    ("maxpool3",),
)
TEACHERS = ("resnet",)
taught = partial(objectives.distilled, share=0.7, temperature=2.0)
TAUGHT = "distilled from the pack's ResNet; growing sizes; averaged weights"

_TABLE = (
    Recipe("resnet", RESNET, epochs=40),
    Recipe(
        "densenet",
        Blueprint("timm", "densenet121", {"growth_rate": 24, "block_config": [3, 6, 8, 6]}),
        epochs=36,
    ),
    Recipe("googlenet", GOOGLENET, epochs=16, sizes=SMALL_FIRST, optimiser=replace(SGD, rate=0.1)),
    Recipe(
        "convnext",
        Blueprint("timm", "convnext_atto", {"patch_size": 2}),
        epochs=16,
        sizes=SMALL_FIRST,
        optimiser=ADAMW,
        objective=taught,
        mode="distilled",
        note=TAUGHT,
        others=TEACHERS,
    ),
    Recipe("regnet", Blueprint("timm", "regnetx_004", {"stem_width": 3}, ("stem",)), epochs=20, sizes=SMALL_FIRST),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _TABLE}
