"""Kinds of recipe: what networks that are trained to one end have in common, each free to differ."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from models.networks import Blueprint
from models.training import objectives
from models.training.architectures import SMALL_RESNET, PurifierBlueprint, TrioBlueprint
from models.training.objectives import Objective
from models.training.optimisers import ADAMW, SGD
from models.training.recipe import FINE, TrainingRecipe

TUNING = replace(SGD, rate=0.05)
BASELINE = ("baseline-1", "baseline-2", "baseline-3")


def taught(name: str, blueprint: Blueprint, epochs: int, **changes: Any) -> TrainingRecipe:
    """For families that learn little from 32,000 pictures by themselves, and nothing much at 32 px."""
    usual: dict[str, Any] = {
        "sizes": ((48, 0.6), (64, 0.4)),
        "optimiser": ADAMW,
        "objective": partial(objectives.distilled, share=0.7, temperature=2.0),
        "mode": "distilled",
        "note": "distilled from the pack's ResNet; growing sizes",
        "others": ("resnet",),
    }
    return TrainingRecipe(name=name, blueprint=blueprint, epochs=epochs, **(usual | changes))


def robust(
    name: str, blueprint: Blueprint, objective: Objective, mode: str, note: str, start: str, **changes: Any
) -> TrainingRecipe:
    """Adversarial fine-tuning (Jeddi et al., arXiv 2012.13628): a finished network needs a tenth of the epochs."""
    usual: dict[str, Any] = {
        "epochs": 6,
        "sizes": FINE,
        "optimiser": TUNING,
        "objective": objective,
        "mode": mode,
        "note": note,
        "start": (start,),
    }
    return TrainingRecipe(name=name, blueprint=blueprint, **(usual | changes))


def smoothed(architecture: str, blueprint: Blueprint, sigma: float, **changes: Any) -> TrainingRecipe:
    usual: dict[str, Any] = {
        "epochs": 3,
        "sizes": FINE,
        "optimiser": TUNING,
        "objective": partial(objectives.noisy, sigma=sigma),
        "mode": f"noise:{sigma}",
        "note": f"under Gaussian noise of {sigma}, for smoothing",
    }
    return TrainingRecipe(name=f"{architecture}-noise-{sigma}", blueprint=blueprint, **(usual | changes))


def trio(name: str, objective: Objective, note: str, **changes: Any) -> TrainingRecipe:
    """Three sub-models at 32 px, the size for which the papers train theirs."""
    fine = name != "baseline"
    usual: dict[str, Any] = {
        "blueprint": TrioBlueprint(SMALL_RESNET),
        "epochs": 4,
        "sizes": ((32, 1.0),),
        "optimiser": TUNING if fine else SGD,
        "objective": objective,
        "mode": name,
        "note": f"{note}; at 32 px",
        "start": BASELINE if fine else (),
        "pack": "trios",
    }
    return TrainingRecipe(name=name, **(usual | changes))


def purifier(
    name: str, arguments: dict[str, Any], objective: Objective, mode: str, note: str, epochs: int, **changes: Any
) -> TrainingRecipe:
    where = "; on patches of 32 px" if changes.get("patches") else ""
    usual: dict[str, Any] = {
        "sizes": ((32, 1.0),),
        "optimiser": ADAMW,
        "objective": objective,
        "mode": mode,
        "note": note + where,
        "others": ("resnet",),
    }
    return TrainingRecipe(name=name, blueprint=PurifierBlueprint(name, arguments), epochs=epochs, **(usual | changes))


def behind(name: str, note: str, mode: str, defence: str, **settings: Any) -> TrainingRecipe:
    return TrainingRecipe(
        name=f"resnet-{name}",
        blueprint=SMALL_RESNET,
        epochs=4,
        sizes=FINE,
        optimiser=TUNING,
        objective=partial(objectives.behind, defence=defence, **settings),
        mode=mode,
        note=note,
        start=("baseline-1",),
    )


def control(name: str, note: str, **changes: Any) -> TrainingRecipe:
    """TREND's controls: the first of the baseline trio again, which is seed 0 by SGD, but for one circumstance."""
    usual: dict[str, Any] = {"epochs": 12, "sizes": ((32, 1.0),), "mode": "control", "note": f"{note}; at 32 px"}
    return TrainingRecipe(name=f"resnet-{name}", blueprint=SMALL_RESNET, **(usual | changes))
