"""The page's own HTML: cards with a heading. Escaped, and themed by CSS alone."""

from __future__ import annotations

from html import escape

from demo.run.events import Loading, Tried


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


def stopping() -> str:
    """Between the press on Stop and the end of the iteration under way."""
    return waiting("Stopping …")


def waiting(words: str, share: float = 0.04) -> str:
    """Before anything can be shown. share: how much is done."""
    return card(words, f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>', role="status")


def tried(one: Tried) -> str:
    """One strength of the search for the least."""
    words = f"At {one.epsilon}/255, {one.fell} of {one.asked} attacked fall: looking for the least …"
    return waiting(words, one.fell / one.asked)


def fetching(loading: Loading) -> str:
    """A network on its way from the hub."""
    share = loading.have / max(loading.total, 1)
    words = f"{loading.have / 2**20:.0f} of {loading.total / 2**20:.0f} MB"
    bar = f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>'
    return card(f"Fetching {loading.title} …", f'<p class="q-soft">{words}</p>{bar}', role="status")
