"""The page's own HTML: cards with a heading. Escaped, and themed by CSS alone."""

from __future__ import annotations

from html import escape

from demo.pages.room import Waiting
from demo.run.events import Elsewhere, Loading, Tried


def card(title: str, body: str = "", *, kind: str = "", role: str = "") -> str:
    """A card with a heading; body is HTML."""
    attributes = f'class="q-card {kind}"' + (f' role="{role}"' if role else "")
    return f"<div {attributes}><h2>{escape(title)}</h2>{body}</div>"


def error(sentence: str) -> str:
    """What went wrong and what to do, announced to screen readers too."""
    return card("That did not work", f"<p>{escape(sentence)}</p>", kind="q-error", role="alert")


def stopped(button: str) -> str:
    """After Stop. button: what begins again."""
    return card("Stopped", f"<p>Nothing was judged. Press <b>{button}</b> to begin again.</p>", role="status")


def waiting(words: str, share: float = 0.04) -> str:
    """Before anything can be shown. share: how much is done."""
    return card(words, f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>', role="status")


def meanwhile(event: Waiting | Loading | Tried | Elsewhere) -> str:
    """What goes on while there is nothing to be seen yet."""
    match event:
        case Waiting():
            return _in_line(event)
        case Elsewhere():
            return waiting("The GPU’s memory is full: once more, on the CPU …")
        case Loading():
            return _fetching(event)
        case Tried():
            return _tried(event)


def _in_line(told: Waiting) -> str:
    """Until it is this visitor's turn, and the first network has answered."""
    if not told.place:
        return waiting("Waking the jury …")
    title = "You are next" if told.place == 1 else f"{told.place - 1} in front of you"
    when = "" if told.seconds_left is None else f"About {max(told.seconds_left, 1):.0f} s. "
    words = f'<p class="q-soft">{when}Others are attacking just now; <b>Stop</b> leaves the line.</p>'
    return card(title, words, role="status")


def _tried(one: Tried) -> str:
    """One strength of the search for the least."""
    words = f"At {one.epsilon}/255, {one.fell} of {one.asked} attacked fall: looking for the least …"
    return waiting(words, one.fell / one.asked)


def _fetching(loading: Loading) -> str:
    """A network on its way from the hub."""
    share = loading.have / max(loading.total, 1)
    words = f"{loading.have / 2**20:.0f} of {loading.total / 2**20:.0f} MB"
    bar = f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>'
    return card(f"Fetching {loading.title} …", f'<p class="q-soft">{words}</p>{bar}', role="status")
