"""Recipes, pictures and networks in miniature, for the tests of training."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from models.networks import Blueprint
from models.training.architectures import PurifierBlueprint, TrioBlueprint
from models.training.recipe import TrainingRecipe

CPU = torch.device("cpu")
SMALL = Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 16]}, ("maxpool",))
COLORS = ((200, 60, 60), (60, 200, 60), (60, 60, 200), (180, 180, 40))
SMALL_PURIFIERS = {
    "hgd": PurifierBlueprint("hgd", {"widths": [8, 8]}),
    "comdefend": PurifierBlueprint("comdefend", {"widths": [8, 8]}),
    "nrp": PurifierBlueprint("nrp", {"width": 8, "growth": 4, "blocks": 1}),
}


def small(recipe: TrainingRecipe, **changes: Any) -> TrainingRecipe:
    """The same recipe for a network of a few thousand weights, which begins from nothing and learns from nobody."""
    blueprint = SMALL_PURIFIERS[recipe.name] if recipe.purifies else SMALL
    if isinstance(recipe.blueprint, TrioBlueprint):
        blueprint = TrioBlueprint(SMALL)
    fixed: dict[str, Any] = {"blueprint": blueprint, "batch": 16, "sizes": ((32, 1.0),), "epochs": 4}
    fixed |= {"others": (), "start": ()}
    return dataclasses.replace(recipe, **(fixed | changes))


def write_pictures(root: Path) -> None:
    """Four classes of coloured noise, in Tiny ImageNet's layout: 20 training pictures of each, one to validate."""
    noise = np.random.default_rng(0)
    wnids = [f"n{number}" for number in range(len(COLORS))]
    (root / "wnids.txt").write_text("\n".join(wnids))
    notes = []
    for wnid, color in zip(wnids, COLORS, strict=True):
        for number in range(20):
            _save(root / "train" / wnid / "images" / f"{wnid}_{number}.JPEG", color, noise)
        _save(root / "val" / "images" / f"val_{wnid}.JPEG", color, noise)
        notes.append(f"val_{wnid}.JPEG\t{wnid}\t0\t0\t63\t63")
    (root / "val" / "val_annotations.txt").write_text("\n".join(notes))


def _save(path: Path, color: tuple[int, ...], noise: np.random.Generator) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.clip(np.array(color) + noise.normal(0, 40, (64, 64, 3)), 0, 255)
    Image.fromarray(pixels.astype(np.uint8)).save(path)
