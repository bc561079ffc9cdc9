"""A run as a moving picture: previews of its iterations, so marked, for a talk or a chat."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from demo.run.picture import Pixels
from demo.run.saved import Saved

SECONDS, LAST_SECONDS = 3.0, 1.6
"""The whole way, and how much of it the last picture is held."""
LEAST_SIDE = 240
"""Small canvases are shown larger, pixel by pixel, so that the words below them can be read."""
STRIP = 22
QUALITY = 80


def made(run: Saved) -> bytes:
    """The animated WebP: the pictures that replay shows, then the finished one. It repeats for ever."""
    finished = run.finished
    last = finished.history[-1]
    shown = [
        (frame.picture, f"iteration {frame.step} of {last.steps}")
        for frame, preview in zip(finished.history[:-1], run.previews, strict=True)
        if preview is not None
    ]
    frames = [_frame(finished.original, "the original picture")]
    frames += [_frame(*one) for one in shown[1:]]
    frames.append(_frame(finished.adversarial, f"adversarial, {run.document['settings']['epsilon']:g}/255"))
    each = round(1000 * (SECONDS - LAST_SECONDS) / (len(frames) - 1))
    durations = [each] * (len(frames) - 1) + [round(1000 * LAST_SECONDS)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=QUALITY, method=0
    )
    return buffer.getvalue()


def _frame(pixels: Pixels, words: str) -> Image.Image:
    """The picture above a strip that says what it is."""
    picture = Image.fromarray(pixels)
    times = -(-LEAST_SIDE // picture.width)
    picture = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    frame = Image.new("RGB", (picture.width, picture.height + STRIP), "#1b1d20")
    frame.paste(picture)
    ImageDraw.Draw(frame).text((7, picture.height + 4), f"Preview: {words}", "#ffffff", ImageFont.load_default(12))
    return frame
