"""Any picture file, upright and in 8-bit RGB. What it may cost is checked before anything is decoded."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import ExifTags, Image

MOST_BYTES = 40 * 2**20
MOST_PIXELS = 40 * 10**6
LONGEST_SIDE = 20_000
LARGE = 8 * 10**6
"""From so many pixels on a picture is made smaller, by whole factors, before anything else is done to it."""
AMPLE = 4
"""How many times the canvas a picture must keep of its shorter side: more is lost on the canvas anyway."""
DESKS = threading.BoundedSemaphore(2)
"""So many pictures are decoded at a time: a large one takes hundreds of megabytes for a moment."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
UNREADABLE = "This file cannot be read as a picture: use a PNG, JPEG, WebP, GIF, BMP or TIFF file that opens elsewhere."
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation -> what puts the picture upright. Pillow's own `exif_transpose` also writes the EXIF anew, and
fails where any other field of it is odd."""


class TooMuch(ValueError):
    """A picture beyond a limit; its words are for the visitor."""


def upright(source: Any, side: int) -> Image.Image:
    """The picture, turned as its EXIF wants it, on white where it is transparent, its first frame where it moves.

    Args:
        source: a file's path or content, a Pillow picture, or an array (height, width, 3) of 8 bits.
        side: of the canvas that it will be brought to, in pixels.

    Raises:
        ValueError: a sentence for what is no picture, is damaged, or is beyond a limit.
    """
    try:
        with DESKS:
            return _in_colour(_opened(source, side), side)
    except TooMuch:
        raise
    except Image.DecompressionBombError as error:
        raise TooMuch(_too_many()) from error
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        raise ValueError(UNREADABLE) from error


def _opened(source: Any, side: int) -> Image.Image:
    """The picture, not decoded yet unless it came so."""
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, np.ndarray):
        return Image.fromarray(source)
    if isinstance(source, bytes):
        size, file = len(source), cast(Any, io.BytesIO(source))
    else:
        path = Path(source)
        if not path.is_file():  # a device or a pipe would keep us waiting for ever
            raise ValueError(f"{path.name} is no file.")
        size, file = path.stat().st_size, path
    if size > MOST_BYTES:
        raise TooMuch(f"This file has more than {MOST_BYTES >> 20} MB: make it smaller first.")
    picture = Image.open(file, formats=FORMATS)
    if max(picture.size) > LONGEST_SIDE:
        raise TooMuch(f"This picture is longer than {LONGEST_SIDE:,} pixels: make it smaller first.")
    if picture.width * picture.height > MOST_PIXELS:
        raise TooMuch(_too_many())
    # Lets a large JPEG be decoded at a fraction of its size.
    picture.draft("RGB", (AMPLE * side, AMPLE * side))
    return picture


def _too_many() -> str:
    return f"This picture has more than {MOST_PIXELS // 10**6} megapixels: make it smaller first."


def _in_colour(picture: Image.Image, side: int) -> Image.Image:
    picture.load()
    turn = _turn(picture)
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    picture = _smaller(picture, side)
    picture = picture if turn is None else picture.transpose(turn)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    """A large picture by a whole factor smaller, so that what follows costs little memory."""
    factor = min(picture.size) // (AMPLE * side)
    if picture.width * picture.height < LARGE or factor < 2:
        return picture
    if picture.mode in ("1", "P", "PA"):  # no mean can be taken of what stands in a palette
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture.reduce(factor)


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How EXIF wants the picture turned, if it does."""
    try:
        return TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001  # a picture whose EXIF nobody can read is shown as it lies
        return None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Pillow clips 16-bit and float pictures where they should be scaled.

    Whole numbers count as 16 bits, however dark the picture is; floats as shares of 1, or of 255 where one is larger.
    """
    levels = np.asarray(picture)
    if levels.dtype.kind == "f":
        levels = np.nan_to_num(levels.astype(np.float32), copy=False)
        top = 1.0 if levels.max(initial=0) <= 1 else 255.0
    else:
        top = 65535.0
    scaled = np.multiply(levels, 255 / top, dtype=np.float32)
    return Image.fromarray(np.rint(scaled, out=scaled).clip(0, 255, out=scaled).astype(np.uint8))
