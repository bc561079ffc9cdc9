"""The table of networks that this project trains: what each is, how long, at which sizes, to which end.

A recipe becomes `models/tiny/weights/<name>.safetensors`; people's words for it are in `models/catalog.toml`.
The order is that in which `python -m models.training all` makes what is missing: most useful to the page first.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from models.networks import Blueprint
from models.training import objectives, purifying
from models.training.architectures import (
    CONVNEXT,
    DENSENET,
    GOOGLENET,
    MOBILENET,
    REGNET,
    REPVGG,
    RESNET,
    VIT,
    PurifierBlueprint,
)
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
    blueprint: Blueprint | PurifierBlueprint
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

    @property
    def purifies(self) -> bool:
        """Whether this is a purifier, from pixels to pixels, and not a classifier."""
        return isinstance(self.blueprint, PurifierBlueprint)

    def key(self) -> str:
        """Tells this recipe from any other, in every process alike, which an objective's own `repr` does not."""
        facts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "objective"}
        return str(facts | {"settings": getattr(self.objective, "keywords", {})})


def _taught(name: str, blueprint: Blueprint, epochs: int) -> Recipe:
    """For families that learn little from 32,000 pictures by themselves."""
    return Recipe(
        name,
        blueprint,
        epochs,
        sizes=SMALL_FIRST,
        optimiser=ADAMW,
        objective=partial(objectives.distilled, share=0.7, temperature=2.0),
        mode="distilled",
        note="distilled from the pack's ResNet; growing sizes; averaged weights",
        others=("resnet",),
    )


def _robust(name: str, blueprint: Blueprint, objective: Objective, mode: str, note: str, **changes: Any) -> Recipe:
    note += "; growing sizes; averaged weights"
    return Recipe(name, blueprint, 20, objective=objective, mode=mode, note=note, **changes)


def _smoothed(architecture: str, blueprint: Blueprint, sigma: float) -> Recipe:
    return Recipe(
        f"{architecture}-noise-{sigma}",
        blueprint,
        epochs=30,
        objective=partial(objectives.noisy, sigma=sigma),
        mode=f"noise:{sigma}",
        note=f"under Gaussian noise of {sigma}, for randomised smoothing; growing sizes; averaged weights",
    )


FAST = partial(objectives.fast_adversarial, epsilon=4 / 255)
PROJECTED = partial(objectives.projected_adversarial, epsilon=4 / 255, steps=4)
ENSEMBLE = partial(objectives.ensemble_adversarial, epsilon=16 / 255)
FAST_NOTE = "fast adversarial training (FGSM from a random start) at 4/255"
PROJECTED_NOTE = "adversarial training with four steps of PGD at 4/255"
ENSEMBLE_NOTE = "ensemble adversarial training: FGSM from three fixed networks and itself, up to 16/255"
FIXED = ("resnet", "densenet", "googlenet")

_TABLE = (
    Recipe("resnet", RESNET, epochs=40),
    Recipe("densenet", DENSENET, epochs=36),
    Recipe("googlenet", GOOGLENET, epochs=16, sizes=SMALL_FIRST, optimiser=replace(SGD, rate=0.1)),
    _taught("convnext", CONVNEXT, epochs=16),
    Recipe("regnet", REGNET, epochs=20, sizes=SMALL_FIRST),
    _robust("resnet-robust", RESNET, FAST, "fast-at:4", FAST_NOTE),
    Recipe("repvgg", REPVGG, epochs=20, sizes=SMALL_FIRST, optimiser=replace(SGD, rate=0.1)),
    Recipe("mobilenet", MOBILENET, epochs=24, sizes=SMALL_FIRST, optimiser=replace(SGD, rate=0.1, decay=1e-4)),
    _taught("vit", VIT, epochs=30),
    _robust("resnet-pgd", RESNET, PROJECTED, "pgd-at:4", PROJECTED_NOTE),
    _robust("resnet-ensemble", RESNET, ENSEMBLE, "ensemble-at:16", ENSEMBLE_NOTE, others=FIXED),
    _robust("densenet-robust", DENSENET, FAST, "fast-at:4", FAST_NOTE),
    _robust("densenet-pgd", DENSENET, PROJECTED, "pgd-at:4", PROJECTED_NOTE),
    *(
        _smoothed(architecture, blueprint, sigma)
        for sigma in (0.12, 0.25, 0.5)
        for architecture, blueprint in (("resnet", RESNET), ("densenet", DENSENET), ("mobilenet", MOBILENET))
    ),
    Recipe(
        "hgd",
        PurifierBlueprint("hgd"),
        epochs=12,
        optimiser=ADAMW,
        objective=partial(purifying.denoising, epsilon=16 / 255),
        mode="denoising",
        note="guided by the ResNet's logits; PGD on three networks, up to 16/255; growing sizes; averaged weights",
        others=FIXED,
    ),
    Recipe(
        "comdefend",
        PurifierBlueprint("comdefend"),
        epochs=6,
        optimiser=ADAMW,
        objective=purifying.compressing,
        mode="compressing",
        note="clean pictures through twelve noisy bits a pixel; growing sizes; averaged weights",
        others=("resnet",),
    ),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _TABLE}
