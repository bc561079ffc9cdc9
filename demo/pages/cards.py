"""The page's own HTML: cards with a heading, and the pictures in them. Escaped, and themed by CSS alone."""

from __future__ import annotations

import base64
from html import escape

from demo.run.events import Loading
from demo.run.picture import Pixels, encode


def image(pixels: Pixels, words: str) -> str:
    """A picture within the page: a PNG, so exactly these pixels."""
    data = base64.b64encode(encode(pixels)).decode()
    return f'<img class="q-picture" src="data:image/png;base64,{data}" alt="{escape(words)}">'


def card(title: str, body: str = "", *, kind: str = "", role: str = "") -> str:
    """A card with a heading; body is HTML."""
    attributes = f'class="q-card {kind}"' + (f' role="{role}"' if role else "")
    return f"<div {attributes}><h2>{escape(title)}</h2>{body}</div>"


def error(sentence: str) -> str:
    """What went wrong and what to do, announced to screen readers too."""
    return card("That did not work", f"<p>{escape(sentence)}</p>", kind="q-error", role="alert")


def welcome() -> str:
    """The page before its first run."""
    return card(
        "Can you change a jury's mind without changing what you see?",
        "<p>Every network of the jury looks at the picture and says what it shows. Press <b>Attack</b>: an algorithm "
        "then nudges the picture's colours, too little for you to mind, until the networks that it may look into (the "
        "<b>surrogates</b>) give up. Then the interesting part: networks that it has <b>never seen</b>, and "
        "<b>defended</b> ones, are asked about the same picture.</p>"
        '<p class="q-soft">It takes a few seconds. You can stop at any time.</p>',
    )


def stopped(button: str) -> str:
    """After Stop. button: what begins again."""
    return card("Stopped", f"<p>Nothing was judged. Press <b>{button}</b> to begin again.</p>", role="status")


def stopping() -> str:
    """Between the press on Stop and the end of the iteration under way."""
    return waiting("Stopping …")


def waiting(words: str, share: float = 0.04) -> str:
    """Before anything can be shown. share: how much is done."""
    return card(words, f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>', role="status")


def fetching(loading: Loading) -> str:
    """A network on its way from the hub."""
    share = loading.have / max(loading.total, 1)
    words = f"{loading.have / 2**20:.0f} of {loading.total / 2**20:.0f} MB"
    bar = f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>'
    return card(f"Fetching {loading.title} …", f'<p class="q-soft">{words}</p>{bar}', role="status")
