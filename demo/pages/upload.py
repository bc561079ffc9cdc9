"""The page's picture input: hands the file over as it came, so that one room reads pictures and says what is wrong."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import gradio as gr


def picture_input(value: str | None = None) -> gr.Image:
    """An image component whose value is the uploaded file's path, or the bytes of a data URL, neither opened yet.

    Left to itself `gr.Image` opens the file on its way in, and what cannot be opened ends in an error without words.
    """
    component = gr.Image(
        value,
        type="filepath",
        image_mode=None,
        format="png",
        sources=["upload", "webcam", "clipboard"],
        label="Picture",
        show_label=False,
        height=220,
    )
    component.preprocess = _as_it_came
    return component


def _as_it_came(payload: Any) -> str | bytes | None:
    if payload is None:
        return None
    if payload.url and payload.url.startswith("data:"):
        return _content(payload.url)
    return payload.path


def _content(url: str) -> bytes:
    """What a data URL holds; broken ones give bytes that no picture begins with."""
    _, _, data = url.partition(",")
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return data.encode()
