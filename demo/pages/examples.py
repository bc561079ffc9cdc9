"""Pictures to begin with: a photograph from Gradio's own package, and pictures drawn here. None is shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image, ImageDraw, ImageFilter


@dataclass(frozen=True)
class Example:
    """A picture with its name; make: gives the picture. packs: for which juries it is."""

    name: str
    make: Callable[[], Image.Image]
    packs: tuple[str, ...]


def _photograph(name: str, box: tuple[int, int, int, int] | None = None) -> Image.Image:
    picture = Image.open(gr.get_image(name)).convert("RGB")
    # Enlarged again, so that a small cut-out fills its frame on the page.
    return picture.resize((512, 512), Image.Resampling.BICUBIC, box=box) if box else picture


def _fruit(color: tuple[int, int, int], ground: tuple[int, int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """An ellipsoid under a lamp, with a shadow and a little grain: 512 x 512 pixels, box on a grid of 64."""
    scale, side = 8, 512
    left, top, right, bottom = (scale * edge for edge in box)
    scene = Image.new("RGB", (side, side), ground)
    shadow = tuple(int(0.7 * shade) for shade in ground)
    ImageDraw.Draw(scene).ellipse([left + 24, bottom - 48, right + 24, bottom + 24], fill=shadow)
    canvas = np.array(scene.filter(ImageFilter.GaussianBlur(16)), dtype=np.float64)
    rows, columns = np.mgrid[0:side, 0:side]
    x = (columns - (left + right) / 2) / ((right - left) / 2)
    y = (rows - (top + bottom) / 2) / ((bottom - top) / 2)
    height = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
    light = np.clip(-0.4 * x - 0.5 * y + 0.77 * height, 0, 1)[..., None]
    grain = Image.fromarray(np.random.default_rng(0).integers(0, 256, (160, 160), dtype=np.uint8)).resize((side, side))
    skin = 0.925 + 0.15 * np.asarray(grain, dtype=np.float64)[..., None] / 255
    fruit = np.array(color) * (0.35 + 0.75 * light) * skin + 120 * light**30
    canvas = np.where((height > 0)[..., None], fruit, canvas)
    return Image.fromarray(canvas.clip(0, 255).astype(np.uint8))


_SMALL = ("tiny", "trios")
_ALL = ("imagenet", *_SMALL)
EXAMPLES = (
    Example("Lion", partial(_photograph, "lion.jpg", (60, 20, 220, 180)), _ALL),
    Example("Orange", partial(_fruit, (250, 140, 20), (60, 90, 60), (6, 6, 58, 58)), _SMALL),
    Example("Lemon", partial(_fruit, (250, 215, 40), (235, 235, 235), (6, 14, 58, 50)), _ALL),
    Example("Cheetah", partial(_photograph, "cheetah.jpg"), _ALL),
    Example("Tower", partial(_photograph, "tower.jpg"), ("imagenet",)),
)
"""The first is on the page when it opens. The last of each pack is one that it does not know."""


def of(pack: str) -> list[Example]:
    """The examples for one jury."""
    return [example for example in EXAMPLES if pack in example.packs]


def write(folder: Path) -> list[tuple[str, str]]:
    """Makes every example as a PNG file in `folder`; (name, path) of each."""
    made = []
    for example in EXAMPLES:
        path = folder / f"{example.name.lower()}.png"
        example.make().save(path)
        made.append((example.name, str(path)))
    return made
