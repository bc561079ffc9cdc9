"""The page's picture input: hands the file over as it came, so that one room reads pictures and says what is wrong."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages.lean import no_stubs
from demo.run.decoding import MOST_BYTES

with no_stubs():

    class _Picture(gr.Image):
        """An image component whose value is the uploaded file's path, or the bytes of a data URL, neither opened yet.

        Left to itself `gr.Image` opens the file on its way in, and what cannot be opened ends in an error without
        words. A class, because Gradio makes a new component of the old one's whenever an update of it says more than
        its value.
        """

        is_template = True  # the browser draws it as the class that it is made from

        def preprocess(self, payload: Any) -> Any:
            return _as_it_came(payload)


def picture_input(value: str | None = None, room: str | None = None) -> gr.Image:
    """The page's picture input. room: the element's name on the page."""
    return _Picture(
        value,
        type="filepath",
        image_mode=None,
        format="png",
        sources=["upload", "webcam", "clipboard"],
        label="Picture",
        show_label=False,
        height=220,
        elem_id=room,
    )


def _as_it_came(payload: Any) -> str | bytes | None:
    """The path of a file that was uploaded to this server, or the bytes of a data URL. What the payload says of a path
    is a client's claim: no other file of the machine may be read through it."""
    if payload is None:
        return None
    url, path = payload.url or "", payload.path or ""
    if url.startswith("data:") or path.startswith("data:"):
        return _content(url if url.startswith("data:") else path)
    if path and uploaded(path):
        return path
    raise gr.Error("This picture was not uploaded here: upload it, or send it as a data URL.", print_exception=False)


def uploaded(path: str) -> bool:
    """Whether the path leads to a regular file inside Gradio's own folder of uploads."""
    folder = Path(gr.utils.get_upload_folder()).resolve()
    try:
        real = Path(path).resolve(strict=True)
    except (OSError, ValueError):  # no such file, or no path at all
        return False
    return real.is_relative_to(folder) and real.is_file()


def _content(url: str) -> bytes:
    """What a data URL holds; broken ones give bytes that no picture begins with."""
    _, _, data = url.partition(",")
    if len(data) > MOST_BYTES * 4 // 3 + 4:
        raise gr.Error(f"This picture has more than {MOST_BYTES >> 20} MB: make it smaller.", print_exception=False)
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return data.encode()
