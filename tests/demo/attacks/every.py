"""Every recipe on a small jury, quickly, and networks with something behind them."""

from __future__ import annotations

from typing import Any

from small import CLASSES, jury, pictures, verdicts
from torch import Tensor, nn

from demo.attacks import RECIPES, craft

IMAGES = pictures(3)
ASKING = [name for name, recipe in RECIPES.items() if recipe.idea == "ask"]
DIFFERENTIATING = [name for name in RECIPES if name not in ASKING]
QUICK = {"queries": 240, "inner_steps": 5, "rounds": 2}


def knobs(name: str, stack: tuple[str, ...] = ()) -> dict[str, Any]:
    """What makes a recipe quick, and the transforms of a stack."""
    has = {knob.name for knob in RECIPES[name].knobs}
    chosen: dict[str, Any] = {key: value for key, value in QUICK.items() if key in has}
    if stack:
        chosen["transforms"] = stack
    return chosen


def task(targeted: bool, count: int = 3) -> tuple[list[nn.Module], Tensor, Tensor]:
    """Surrogates, pictures, and labels: what they take these for, or another one that is wanted."""
    surrogates = jury()
    images = pictures(count)
    labels = verdicts(surrogates, images)
    return surrogates, images, (labels + 1) % CLASSES if targeted else labels


def attacked(name: str, surrogates: Any, images: Tensor = IMAGES, labels: Tensor | None = None, **more: Any) -> Tensor:
    knobs = {"queries": 120} if name in ASKING else {}
    labels = verdicts(jury(2), images.double().contiguous()) if labels is None else labels
    return craft(name, surrogates, images, labels, **{"epsilon": 16 / 255, "steps": 4, "seed": 1, **knobs, **more})


class Changed(nn.Module):
    """A good network with something wrong behind it."""

    def __init__(self, network: nn.Module, change: Any) -> None:
        super().__init__()
        self.network, self.change = network, change

    def forward(self, images: Tensor) -> Tensor:
        return self.change(self.network(images))
