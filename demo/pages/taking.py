"""What can be taken away from a run: its picture, the run itself, a report, an animation, a link to its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import animation, report, running
from demo.pages.widgets import QUIET
from demo.run.link import query
from demo.run.plan import Plan
from demo.run.saved import Saved

HAND_OVER = """(file) => {
  const link = Object.assign(document.createElement("a"), {href: file.url, download: file.orig_name});
  document.body.append(link); link.click(); link.remove();
}"""
"""A file that is made when it is asked for: a download button's own click would be too early for it."""
MADE: dict[str, tuple[str, str, Callable[[Saved], bytes]]] = {
    "report": ("Report (HTML)", ".html", report.made),
    "animation": ("Animation (WebP, preview)", "-preview.webp", animation.made),
}
"""What is made only when it is asked for: the button's words, the file's ending, and how."""


@dataclass(frozen=True)
class Taking:
    """The files' buttons, the run that they give, and the link."""

    png: gr.DownloadButton
    json: gr.DownloadButton
    run: gr.State
    link: gr.HTML

    def outputs(self) -> list[Any]:
        return [self.png, self.json, self.run, self.link]

    def of(self, run: Saved, plan: Plan | None, folder: Path) -> dict[Any, Any]:
        """The updates once a run is done. folder: where its files are written; they live until they are handed over."""
        return {
            self.png: running.written(run.attack, run.finished, ".png", run.finished.png, folder),
            self.json: running.written(run.attack, run.finished, ".json", run.text().encode(), folder),
            self.run: run,
            self.link: linked(plan) if plan else "",
        }


def build() -> Taking:
    run = gr.State(None, time_to_live=3600)
    with gr.Row(elem_id="q-taking"):
        png = gr.DownloadButton("Picture (PNG, exact)", size="sm", elem_id="q-png", min_width=170)
        json = gr.DownloadButton("Run (JSON)", size="sm", elem_id="q-json", min_width=170)
        buttons = {
            name: gr.Button(words, size="sm", elem_id=f"q-{name}", min_width=170) for name, (words, *_) in MADE.items()
        }
        file = gr.DownloadButton(elem_id="q-file")
    for name, button in buttons.items():
        button.click(_making(name), run, file, api_visibility="private", show_progress="hidden").success(
            None, file, None, js=HAND_OVER, **QUIET
        )
    return Taking(png, json, run, gr.HTML(elem_id="q-link", apply_default_css=False))


def _making(name: str) -> Callable[[Saved | None], Iterator[str]]:
    _, ending, made = MADE[name]

    def make(run: Saved | None) -> Iterator[str]:
        if not isinstance(run, Saved):
            raise gr.Error("This run has left the memory: run it again first.", print_exception=False)
        with running.scratch() as folder:
            yield running.written(run.attack, run.finished, ending, made(run), Path(folder))

    return make


def linked(plan: Plan) -> str:
    """A button that copies a link to these settings."""
    return (
        f'<button type="button" class="q-link" data-query="{escape(query(plan.settings))}">'
        'Copy a link to these settings</button> <output class="q-soft"></output>'
    )
