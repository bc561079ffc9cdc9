"""Every recipe on a jury of two, and networks with something behind them."""

from __future__ import annotations

from typing import Any

from small import jury, pictures, verdicts
from torch import Tensor, nn

from demo.attacks import RECIPES, craft

IMAGES = pictures(3)
ASKING = [name for name, recipe in RECIPES.items() if recipe.idea == "ask"]
DIFFERENTIATING = [name for name in RECIPES if name not in ASKING]


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
