"""Where they look: a spotlight on the picture for each network, before and after."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from PIL import Image

from demo.pages.replay import preview
from demo.pages.views.parts import how, named
from demo.run.kept import Kept
from demo.run.views.gaze import Gaze, Map

SHADE = 48
"""The side of a map as it is sent; the browser spreads it."""


def gaze(seen: tuple[int, Sequence[Gaze]], kept: Kept) -> str:
    """seen: the iteration, and the jurors so far."""
    step, found = seen
    pictures = f"--q-before: url({preview(kept.plan.original)}); --q-after: url({preview(kept.frame(step).picture)})"
    pairs = "".join(_pair(one) for one in found)
    slider = (
        '<label class="q-opacity">How dark is what they pass over '
        '<input type="range" min="0" max="100" value="75" aria-label="How dark is what they pass over"></label>'
    )
    return (
        f'{slider}<div class="q-gazes" style="{pictures}">{pairs}</div>'
        f"<h3>How far it moved, at iteration {step}</h3>{_table(found)}"
        + how(
            "Grad-CAM (Selvaraju et al. 2017, by Captum) of each network’s own answer, at its last layer of at least "
            "4 × 4 places. Moved: the map’s centre, in parts of the picture’s side. Overlap: the part of the two maps "
            "that is the same. Of a jury, or of what rolls dice, the mean of its networks’ own maps without the dice."
        )
    )


def _pair(one: Gaze) -> str:
    before, after = (f'<i style="background-image: var(--q-{when})">{{}}</i>' for when in ("before", "after"))
    shades = [
        _shade(seen, f"{one.juror.title}, {when}") for seen, when in zip(one.maps, ("before", "after"), strict=True)
    ]
    stays = one.answers[0] == one.answers[1]
    words = f"{one.answers[0]}, before and after" if stays else f"{one.answers[0]} → {one.answers[1]}"
    return (
        f"<figure><div>{before.format(shades[0])}{after.format(shades[1])}</div>"
        f"<figcaption>{named(one.juror)}{escape(words)}</figcaption></figure>"
    )


def _shade(seen: Map, words: str) -> str:
    """Black where nothing speaks for the answer, clear where most does."""
    level = Image.fromarray((255 * (1 - seen)).astype(np.uint8)).resize((SHADE, SHADE), Image.Resampling.BILINEAR)
    picture = Image.merge("LA", (Image.new("L", level.size), level))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    source = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return f'<img src="{source}" alt="{escape(words)}">'


def _table(found: Sequence[Gaze]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{named(one.juror)}</th><td>{escape(one.answers[0])}</td><td>{escape(one.answers[1])}</td>'
        f"<td>{_share(one.moved)}</td><td>{_share(one.overlap)}</td></tr>"
        for one in found
    )
    heads = "".join(f'<th scope="col">{words}</th>' for words in ("before", "after", "moved", "overlap"))
    return f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{rows}</table></div>'


def _share(value: float | None) -> str:
    return "looks nowhere" if value is None else f"{value:.0%}"
