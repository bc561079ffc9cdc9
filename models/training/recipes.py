"""The table of networks that this project trains: what each is, how long, at which sizes, to which end.

A recipe becomes `models/tiny/weights/<name>.safetensors`; people's words for it are in `models/catalog.toml`.
The order is that in which `python -m models.training all` makes what is missing: most useful to the page first.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from models.networks import Blueprint
from models.training import diversity, objectives, purifying
from models.training.architectures import (
    CONVNEXT,
    DENSENET,
    GOOGLENET,
    LEAKY_RESNET,
    MOBILENET,
    REGNET,
    REPVGG,
    RESNET,
    SMALL_MOBILENET,
    SMALL_RESNET,
    VIT,
    XCIT,
    PurifierBlueprint,
    TrioBlueprint,
)
from models.training.objectives import Objective
from models.training.optimisers import ADAM, ADAMW, SGD
from models.training.recipe import FINE, GROWING, TrainingRecipe


def _taught(name: str, blueprint: Blueprint, epochs: int, **changes: Any) -> TrainingRecipe:
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


def _robust(
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


def _smoothed(architecture: str, blueprint: Blueprint, sigma: float, **changes: Any) -> TrainingRecipe:
    usual: dict[str, Any] = {
        "epochs": 3,
        "sizes": FINE,
        "optimiser": TUNING,
        "objective": partial(objectives.noisy, sigma=sigma),
        "mode": f"noise:{sigma}",
        "note": f"under Gaussian noise of {sigma}, for smoothing",
    }
    return TrainingRecipe(name=f"{architecture}-noise-{sigma}", blueprint=blueprint, **(usual | changes))


def _trio(name: str, objective: Objective, note: str, **changes: Any) -> TrainingRecipe:
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


def _purifier(
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


def _behind(name: str, note: str, mode: str, defence: str, **settings: Any) -> TrainingRecipe:
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


def _control(name: str, note: str, **changes: Any) -> TrainingRecipe:
    """TREND's controls: the first of the baseline trio again, which is seed 0 by SGD, but for one circumstance."""
    usual: dict[str, Any] = {"epochs": 12, "sizes": ((32, 1.0),), "mode": "control", "note": f"{note}; at 32 px"}
    return TrainingRecipe(name=f"resnet-{name}", blueprint=SMALL_RESNET, **(usual | changes))


TUNING = replace(SGD, rate=0.05)
BASELINE = ("baseline-1", "baseline-2", "baseline-3")
FAST = partial(objectives.fast_adversarial, epsilon=4 / 255)
PROJECTED = partial(objectives.projected_adversarial, epsilon=4 / 255, steps=3)
ENSEMBLE = partial(objectives.ensemble_adversarial, epsilon=16 / 255)
FAST_NOTE = "fast adversarial training (FGSM from a random start) at 4/255"
PROJECTED_NOTE = "adversarial training with three steps of PGD at 4/255"
ENSEMBLE_NOTE = "ensemble adversarial training: FGSM from three fixed networks and itself, up to 16/255"
FIXED = ("resnet", "densenet", "googlenet")

_TABLE = (
    TrainingRecipe(name="resnet", blueprint=RESNET, epochs=40),
    _taught(name="densenet", blueprint=DENSENET, epochs=36, sizes=GROWING, optimiser=replace(SGD, rate=0.1)),
    _taught(name="googlenet", blueprint=GOOGLENET, epochs=24, optimiser=TUNING),
    _taught(name="regnet", blueprint=REGNET, epochs=24, optimiser=TUNING),
    _taught(name="convnext", blueprint=CONVNEXT, epochs=32),
    _robust(name="resnet-robust", blueprint=RESNET, objective=FAST, mode="fast-at:4", note=FAST_NOTE, start="resnet"),
    _taught(name="repvgg", blueprint=REPVGG, epochs=24, optimiser=replace(SGD, rate=0.1)),
    _taught(name="mobilenet", blueprint=MOBILENET, epochs=20, optimiser=replace(SGD, rate=0.1, decay=1e-4)),
    _taught(name="xcit", blueprint=XCIT, epochs=12),
    _taught(name="vit", blueprint=VIT, epochs=20, sizes=((64, 1.0),)),
    _robust(
        name="resnet-pgd",
        blueprint=RESNET,
        objective=PROJECTED,
        mode="pgd-at:4",
        note=PROJECTED_NOTE,
        start="resnet-robust",
        epochs=3,
    ),
    _robust(
        name="densenet-robust", blueprint=DENSENET, objective=FAST, mode="fast-at:4", note=FAST_NOTE, start="densenet"
    ),
    _robust(
        name="densenet-ensemble",
        blueprint=DENSENET,
        objective=ENSEMBLE,
        mode="ensemble-at:16",
        note=ENSEMBLE_NOTE,
        start="densenet",
        epochs=3,
        others=FIXED,
    ),
    _robust(
        name="densenet-pgd",
        blueprint=DENSENET,
        objective=PROJECTED,
        mode="pgd-at:4",
        note=PROJECTED_NOTE,
        start="densenet-robust",
        epochs=3,
    ),
    _trio(name="baseline", objective=diversity.independent, note="three sub-models by themselves", epochs=12),
    *(
        recipe
        for name, blueprint, first in (
            ("densenet", DENSENET, {"start": ("densenet",)}),
            ("resnet", SMALL_RESNET, {"start": ("baseline-1",)}),
            ("mobilenet", SMALL_MOBILENET, {"epochs": 16, "sizes": GROWING, "optimiser": SGD}),
        )
        for recipe in (
            _smoothed(architecture=name, blueprint=blueprint, sigma=0.12, **first),
            _smoothed(architecture=name, blueprint=blueprint, sigma=0.25, start=(f"{name}-noise-0.12",)),
            _smoothed(architecture=name, blueprint=blueprint, sigma=0.5, start=(f"{name}-noise-0.25",)),
        )
    ),
    _purifier(
        name="hgd",
        arguments={"widths": [16, 32, 64, 64]},
        objective=partial(purifying.denoising, epsilon=16 / 255),
        mode="denoising",
        note="guided by the ResNet's logits; PGD on two networks, up to 16/255",
        epochs=2,
        sizes=((48, 1.0),),
        others=("resnet", "densenet"),
    ),
    _purifier(
        name="comdefend",
        arguments={"widths": [16, 32]},
        objective=purifying.compressing,
        mode="compressing",
        note="clean pictures through twelve noisy bits a pixel",
        epochs=7,
        patches=True,
        batch=64,
    ),
    _purifier(
        name="nrp",
        arguments={"width": 16, "growth": 8, "blocks": 1},
        objective=partial(purifying.self_supervised, epsilon=16 / 255, steps=3, fidelity=0.5),
        mode="self-supervised",
        note="against whatever moves the ResNet's features, up to 16/255; no labels",
        epochs=2,
        patches=True,
        batch=64,
    ),
    _trio(
        name="adp", objective=partial(diversity.adaptive_diversity, alpha=2.0, beta=0.5), note="ADP, alpha 2, beta 0.5"
    ),
    _trio(
        name="gal",
        objective=partial(diversity.gradient_alignment, weight=0.5),
        note="GAL, weight 0.5, leaky rectifiers",
        blueprint=TrioBlueprint(LEAKY_RESNET),
        epochs=3,
    ),
    _trio(
        name="dverge",
        objective=partial(diversity.vulnerability_diversity, epsilon=0.07, steps=4),
        note="DVERGE, epsilon 0.07, four steps",
    ),
    _trio(
        name="trs",
        objective=partial(diversity.transferability_reduced, similarity=5.0, smoothness=0.08, epsilon=0.03, steps=1),
        note="TRS, similarity 5, smoothness 0.08 within 0.03",
        epochs=2,
    ),
    _behind(name="q1", note="on pictures of 2 levels", mode="quantised:1", defence="quantise-input", bits=1),
    _behind(name="q2", note="on pictures of 4 levels", mode="quantised:2", defence="quantise-input", bits=2),
    _behind(name="q4", note="on pictures of 16 levels", mode="quantised:4", defence="quantise-input", bits=4),
    _behind(name="halftone", note="on dithered pictures", mode="halftone", defence="halftone"),
    _control(name="seed", note="from another beginning", seed=1),
    _control(name="adam", note="with Adam in place of SGD", optimiser=ADAM),
)

RECIPES: dict[str, TrainingRecipe] = {recipe.name: recipe for recipe in _TABLE}
