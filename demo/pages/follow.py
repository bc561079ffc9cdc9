"""What follows the pack: menus, defaults and lists that change when another jury is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from demo.pages.widgets import QUIET


class Followers:
    """Everything that follows `pack` once it is settled, so that a link can set it all as a visitor's choice would.

    switched: the event after which the pack's radio holds what was chosen, or what stays where that cannot be had.
    """

    def __init__(self, pack: gr.Radio, switched: Any) -> None:
        self._pack, self._switched = pack, switched
        self._rows: list[tuple[Callable[..., Any], Sequence[Any]]] = []

    def add(self, of_pack: Callable[..., Any], outputs: Sequence[Any], *more: Any) -> None:
        """of_pack: from the pack's name, and the values of `more` if there are any, to one update an output."""
        self._rows.append((of_pack, outputs))
        alone = len(outputs) == 1  # of one output Gradio wants the value, not a list of one
        told = (lambda *values: of_pack(*values)[0]) if alone else of_pack
        self._switched.then(told, [self._pack, *more], list(outputs), **QUIET)

    def updates(self, pack: str) -> dict[Any, Any]:
        """All of them for that pack, as it opens."""
        return {
            output: update
            for of_pack, outputs in self._rows
            for output, update in zip(outputs, of_pack(pack), strict=True)
        }
