"""Kind words for a picture that shows none of the things the jury knows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.pages import cards
from demo.pages.verdict import FEW
from demo.run.events import Look


def unknown(look: Look, labels: Sequence[str]) -> str:
    """What they guess, and how to go on all the same."""
    names = "".join(f"<li>{escape(label)}</li>" for label in sorted(labels)) if len(labels) < FEW else ""
    listed = f'<details><summary>What they know</summary><ul class="q-known">{names}</ul></details>' if names else ""
    return cards.card(
        "The jury does not recognise this picture",
        f"<p>These networks know only {len(labels)} things, and they disagree or are unsure here. "
        "That is their limit, not your picture’s; below stands what each of them guesses.</p>"
        "<p>You can go on all the same: we have set <b>What does the picture show?</b> to their best guess, "
        f"“{escape(look.guess)}”. Change it if you know better, and press <b>Attack</b> again.</p>"
        f"{listed}",
        role="status",
    )
