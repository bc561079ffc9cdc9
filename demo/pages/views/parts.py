"""What the drawings of all views share."""

from __future__ import annotations

from html import escape

from demo.run.verdict import Juror


def named(juror: Juror) -> str:
    return dotted(juror.title, juror.color)


def dotted(title: str, color: str) -> str:
    """A name behind its colour."""
    return f'<span class="q-who"><i class="q-dot" style="background:{color}"></i>{escape(title)}</span>'


def picture(source: str, caption: str, words: str) -> str:
    """caption: HTML."""
    image = f'<img class="q-picture" src="{source}" alt="{escape(words)}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def how(words: str) -> str:
    return f'<p class="q-soft">{words}</p>'
