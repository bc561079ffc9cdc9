"""Pictures on their way in and out: any file to the jury's canvas, and floats to the exact bytes that are judged."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from demo.run.decoding import upright

Pixels = NDArray[np.uint8]
"""One picture, (height, width, 3), 8-bit RGB."""

FRAMINGS = ("crop", "fit")


def read(
    source: str | Path | bytes | Image.Image | Pixels, side: int, framing: str = "crop", place: float = 0.5
) -> Pixels:
    """Any picture on a square canvas of `side` pixels, upright, in 8-bit RGB.

    source: a file's path or content, a Pillow picture, or an array (height, width, 3) of 8 bits. Animations give
    their first frame; transparency is laid on white; 16 bits become 8; EXIF turns the picture and is dropped.
    framing: `crop` takes a square, `fit` shows all of it between black edges. place: where the square lies along the
    longer side, from 0 (left or top) to 1.
    Raises ValueError with a sentence for what is no picture, is damaged, or is beyond the limits of `decoding`.
    """
    if framing not in FRAMINGS:
        raise ValueError(f"framing is {framing!r}: use one of {', '.join(FRAMINGS)}.")
    picture = upright(source, side)
    size, way = (side, side), Image.Resampling.BICUBIC
    if framing == "crop":
        return np.array(ImageOps.fit(picture, size, way, centering=(place, place)), dtype=np.uint8)
    return np.array(ImageOps.pad(_visible(picture, side), size, way), dtype=np.uint8)


def whole(source: str | Path | bytes, longest: int) -> Pixels:
    """All of a picture, upright, its longer side brought to `longest` pixels; refusals as `read`."""
    picture = upright(source, longest)
    share = longest / max(picture.size)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return np.array(picture.resize(size, Image.Resampling.BICUBIC), dtype=np.uint8)


def _visible(picture: Image.Image, side: int) -> Image.Image:
    """A strip so thin that nothing of it would be left on the canvas, made thick enough for one row of pixels."""
    least = math.ceil(max(picture.size) / side)
    return picture.resize((max(picture.width, least), max(picture.height, least)))


def to_tensor(pixels: Pixels, device: str | torch.device = "cpu") -> Tensor:
    """8-bit pixels to a batch of one, `(1,3,H,W)` float32 in [0,1]."""
    return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0).to(device, torch.float32) / 255


def to_pixels(picture: Tensor) -> Pixels:
    """A picture `(1,3,H,W)` or `(3,H,W)` in [0,1] to 8 bits, rounded to the nearest level (never truncated)."""
    levels = (picture.detach().reshape(picture.shape[-3:]).cpu() * 255).round().clamp(0, 255)
    return levels.to(torch.uint8).permute(1, 2, 0).numpy()


def within(pixels: Pixels, original: Pixels, epsilon: float) -> Pixels:
    """The pixels with no byte further than epsilon (in levels of 255) from the original.

    Rounding may carry a byte over the edge of the ball where epsilon is no whole number of levels.
    """
    reach = math.floor(epsilon + 1e-6)
    lower, upper = original.astype(np.int16) - reach, original.astype(np.int16) + reach
    return np.clip(pixels.astype(np.int16), lower, upper).clip(0, 255).astype(np.uint8)


def encode(pixels: Pixels) -> bytes:
    """The picture as a PNG file: lossless, without metadata."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def decode(content: bytes) -> Pixels:
    """The pixels that a PNG file holds."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        return np.array(picture.convert("RGB"), dtype=np.uint8)


def distances(pixels: Pixels, original: Pixels) -> dict[str, float]:
    """How far two pictures are apart: linf in levels of 255, l2 in pixel units of 1, psnr in dB (None if equal)."""
    difference = pixels.astype(np.float64) - original
    error = float(np.mean(difference**2))
    return {
        "linf": float(np.abs(difference).max()),
        "l2": float(np.sqrt(np.sum((difference / 255) ** 2))),
        "psnr": 10 * math.log10(255**2 / error) if error else math.inf,
    }


def strengthened(pixels: Pixels, original: Pixels, times: float) -> Pixels:
    """The difference around mid-grey, so many times stronger; what is too strong to be shown is cut off."""
    difference = pixels.astype(np.int16) - original
    return (128 + difference * times).clip(0, 255).round().astype(np.uint8)
