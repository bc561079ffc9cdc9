"""What the server keeps of each visitor: what the page needs, of the last few hundred."""

from __future__ import annotations

from typing import Any

from gradio import state_holder
from gradio.blocks import Block, Blocks

VISITORS = 300
"""Of whom something is kept: who comes back after as many others begins as a new one does. More than can wait in line;
one who has had a picture attacked takes 3 MB for an hour, and tenths of one from then on."""


class Session(state_holder.SessionState):
    """Keeps no copy of what each component shows, which serves Gradio's own links to a session: the page's hold the
    settings. And a component keeps its number.

    With each change Gradio 6.31 makes a new component in place of the old one, by a number of its own, under which what
    it shows is kept beside all that it has shown before: 1.4 MB a run, for as long as the server lives.
    """

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(blocks)
        self.config_values.clear()

    def __setitem__(self, key: int, value: Any) -> None:
        if isinstance(value, Block):
            value._id = key
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Nothing."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nothing."""


def keep_little() -> None:
    """From now on, for whoever comes."""
    state_holder.SessionState = Session
