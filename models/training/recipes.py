"""The table of networks that this project trains: what each is, how long, at which sizes, to which end.

A recipe becomes `models/tiny/weights/<name>.safetensors`; people's words for it are in `models/catalog.toml`.
The order is that in which `python -m models.training all` makes what is missing: most useful to the page first.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

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
    TrioBlueprint,
)
from models.training.kinds import TUNING, behind, control, purifier, robust, smoothed, taught, trio
from models.training.optimisers import ADAM, SGD
from models.training.recipe import GROWING, TrainingRecipe

FAST = partial(objectives.fast_adversarial, epsilon=4 / 255)
PROJECTED = partial(objectives.projected_adversarial, epsilon=4 / 255, steps=3)
ENSEMBLE = partial(objectives.ensemble_adversarial, epsilon=16 / 255)
FAST_NOTE = "fast adversarial training (FGSM from a random start) at 4/255"
PROJECTED_NOTE = "adversarial training with three steps of PGD at 4/255"
ENSEMBLE_NOTE = "ensemble adversarial training: FGSM from three fixed networks and itself, up to 16/255"
FIXED = ("resnet", "densenet", "googlenet")

_TABLE = (
    TrainingRecipe(name="resnet", blueprint=RESNET, epochs=40),
    taught(name="densenet", blueprint=DENSENET, epochs=36, sizes=GROWING, optimiser=replace(SGD, rate=0.1)),
    taught(name="googlenet", blueprint=GOOGLENET, epochs=24, optimiser=TUNING),
    taught(name="regnet", blueprint=REGNET, epochs=24, optimiser=TUNING),
    taught(name="convnext", blueprint=CONVNEXT, epochs=32),
    robust(name="resnet-robust", blueprint=RESNET, objective=FAST, mode="fast-at:4", note=FAST_NOTE, start="resnet"),
    taught(name="repvgg", blueprint=REPVGG, epochs=24, optimiser=replace(SGD, rate=0.1)),
    taught(name="mobilenet", blueprint=MOBILENET, epochs=20, optimiser=replace(SGD, rate=0.1, decay=1e-4)),
    taught(name="xcit", blueprint=XCIT, epochs=12),
    taught(name="vit", blueprint=VIT, epochs=20, sizes=((64, 1.0),)),
    robust(
        name="resnet-pgd",
        blueprint=RESNET,
        objective=PROJECTED,
        mode="pgd-at:4",
        note=PROJECTED_NOTE,
        start="resnet-robust",
        epochs=3,
    ),
    robust(
        name="densenet-robust", blueprint=DENSENET, objective=FAST, mode="fast-at:4", note=FAST_NOTE, start="densenet"
    ),
    robust(
        name="densenet-ensemble",
        blueprint=DENSENET,
        objective=ENSEMBLE,
        mode="ensemble-at:16",
        note=ENSEMBLE_NOTE,
        start="densenet",
        epochs=3,
        others=FIXED,
    ),
    robust(
        name="densenet-pgd",
        blueprint=DENSENET,
        objective=PROJECTED,
        mode="pgd-at:4",
        note=PROJECTED_NOTE,
        start="densenet-robust",
        epochs=3,
    ),
    trio(name="baseline", objective=diversity.independent, note="three sub-models by themselves", epochs=12),
    *(
        recipe
        for name, blueprint, first in (
            ("densenet", DENSENET, {"start": ("densenet",)}),
            ("resnet", SMALL_RESNET, {"start": ("baseline-1",)}),
            ("mobilenet", SMALL_MOBILENET, {"epochs": 16, "sizes": GROWING, "optimiser": SGD}),
        )
        for recipe in (
            smoothed(architecture=name, blueprint=blueprint, sigma=0.12, **first),
            smoothed(architecture=name, blueprint=blueprint, sigma=0.25, start=(f"{name}-noise-0.12",)),
            smoothed(architecture=name, blueprint=blueprint, sigma=0.5, start=(f"{name}-noise-0.25",)),
        )
    ),
    purifier(
        name="hgd",
        arguments={"widths": [16, 32, 64, 64]},
        objective=partial(purifying.denoising, epsilon=16 / 255),
        mode="denoising",
        note="guided by the ResNet's logits; PGD on two networks, up to 16/255",
        epochs=2,
        sizes=((48, 1.0),),
        others=("resnet", "densenet"),
    ),
    purifier(
        name="comdefend",
        arguments={"widths": [16, 32]},
        objective=purifying.compressing,
        mode="compressing",
        note="clean pictures through twelve noisy bits a pixel",
        epochs=7,
        patches=True,
        batch=64,
    ),
    purifier(
        name="nrp",
        arguments={"width": 16, "growth": 8, "blocks": 1},
        objective=partial(purifying.self_supervised, epsilon=16 / 255, steps=3, fidelity=0.5),
        mode="self-supervised",
        note="against whatever moves the ResNet's features, up to 16/255; no labels",
        epochs=2,
        patches=True,
        batch=64,
    ),
    trio(
        name="adp", objective=partial(diversity.adaptive_diversity, alpha=2.0, beta=0.5), note="ADP, alpha 2, beta 0.5"
    ),
    trio(
        name="gal",
        objective=partial(diversity.gradient_alignment, weight=0.5),
        note="GAL, weight 0.5, leaky rectifiers",
        blueprint=TrioBlueprint(LEAKY_RESNET),
        epochs=3,
    ),
    trio(
        name="dverge",
        objective=partial(diversity.vulnerability_diversity, epsilon=0.07, steps=4),
        note="DVERGE, epsilon 0.07, four steps",
    ),
    trio(
        name="trs",
        objective=partial(diversity.transferability_reduced, similarity=5.0, smoothness=0.08, epsilon=0.03, steps=1),
        note="TRS, similarity 5, smoothness 0.08 within 0.03",
        epochs=2,
    ),
    behind(name="q1", note="on pictures of 2 levels", mode="quantised:1", defence="quantise-input", bits=1),
    behind(name="q2", note="on pictures of 4 levels", mode="quantised:2", defence="quantise-input", bits=2),
    behind(name="q4", note="on pictures of 16 levels", mode="quantised:4", defence="quantise-input", bits=4),
    behind(name="halftone", note="on dithered pictures", mode="halftone", defence="halftone"),
    control(name="seed", note="from another beginning", seed=1),
    control(name="adam", note="with Adam in place of SGD", optimiser=ADAM),
)

RECIPES: dict[str, TrainingRecipe] = {recipe.name: recipe for recipe in _TABLE}
