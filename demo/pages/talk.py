"""Stage mode, for a speaker before a hall: its door in the header, and its bar; assets/talk.js does the rest."""

from __future__ import annotations

DEEDS = (
    ("attack", "Attack", "A"),
    ("next", "Next story", "N"),
    ("back", "Back", "P"),
    ("camera", "Camera", "C"),
    ("leave", "Leave", "F"),
)
"""What the bar offers: the script's name for it, its words, its key."""

DOOR = (
    '<button type="button" id="q-to-stage" class="q-chip" data-deed="leave" '
    'title="Large type, for a hall: picture, verdict, weights">Stage mode <kbd>F</kbd></button>'
)


def _button(deed: str, words: str, key: str) -> str:
    return f'<button type="button" data-deed="{deed}">{words} <kbd>{key}</kbd></button>'


BAR = f'<nav id="q-talk-bar" aria-label="Stage mode">{"".join(_button(*deed) for deed in DEEDS)}</nav>'
