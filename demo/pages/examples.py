"""Pictures to begin with: a photograph from Gradio's own package, and pictures drawn here. None is shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image, ImageDraw, ImageFilter


@dataclass(frozen=True)
class Example:
    """A picture with its name; make: gives the picture."""

    name: str
    make: Callable[[], Image.Image]


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


EXAMPLES = (
    Example("Lion", partial(_photograph, "lion.jpg", (60, 20, 220, 180))),
    Example("Orange", partial(_fruit, (250, 140, 20), (60, 90, 60), (6, 6, 58, 58))),
    Example("Lemon", partial(_fruit, (250, 215, 40), (235, 235, 235), (6, 14, 58, 50))),
    Example("Cheetah", partial(_photograph, "cheetah1.jpg", (0, 0, 256, 256))),
    Example("Tower", partial(_photograph, "tower.jpg")),
)
OFFERED = {
    "imagenet": ("Cheetah", "Lion", "Lemon", "Tower"),
    "tiny": ("Lion", "Orange", "Lemon", "Cheetah"),
    "trios": ("Orange", "Lemon", "Lion", "Cheetah"),
}
"""The examples of each pack: the first is on the page when it opens, the last is one that the jury does not know."""


def write(folder: Path) -> list[tuple[str, str]]:
    """Makes every example as a file in `folder`, not a pixel lost; (name, path) of each."""
    made = []
    for example in EXAMPLES:
        path = folder / f"{example.name.lower()}.webp"
        example.make().save(path, lossless=True, quality=0, method=0)  # a third smaller than PNG, and six times as soon
        made.append((example.name, str(path)))
    return made


def swapped(path: Any, pack: str) -> str | None:
    """The name of the pack's first example where the picture is one that another pack opens with, or that this one does
    not offer; else None."""
    names = {example.name.lower(): example.name for example in EXAMPLES}
    shown = names.get(Path(path).stem) if isinstance(path, str) else None
    opening = {offered[0] for offered in OFFERED.values()} - {OFFERED[pack][0]}
    return OFFERED[pack][0] if shown and (shown in opening or shown not in OFFERED[pack]) else None
