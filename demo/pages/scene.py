"""What the page is doing, as a state: which buttons are offered, and whether there is something to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from demo.pages.results import Results
from demo.pages.stopping import offered

Name = Literal["opening", "running", "judged"]


TO_THE_VERDICT = """() => {
  const now = document.activeElement;
  const gone = !now || now === document.body || now.closest("#q-go, #q-onward, #q-story, #q-stories");
  if (gone) document.querySelector("#q-verdict .q-verdict")?.focus();
}"""
"""The button that was pressed is gone by then."""


@dataclass(frozen=True)
class Scene:
    """state: the name of what goes on. sources: the examples' room, whose clicks would begin a second run."""

    state: gr.State
    start: gr.Button
    stop: gr.Button
    sources: gr.Column
    results: Results

    def outputs(self) -> list[Any]:
        results = self.results
        shown = [results.heard, results.bet, results.onward, results.after]
        return [self.state, self.start, self.stop, self.sources, *shown]

    def set(self, name: Name) -> dict[Any, Any]:
        """The updates that make it so. A run hides the last files with its first frame, not before; its verdict has
        answered the guess."""
        running = name == "running"
        updates = {
            self.state: name,
            self.start: gr.update(visible=not running),
            self.stop: offered(running),
            self.sources: gr.update(elem_classes=["q-busy"] if running else []),
            self.results.heard: gr.update(elem_classes=[]),
            self.results.bet: gr.update(visible=name == "opening", **({"value": None} if name == "judged" else {})),
            self.results.onward: gr.update(visible=name == "judged"),
        }
        return updates if running else updates | {self.results.after: gr.update(visible=name == "judged")}
