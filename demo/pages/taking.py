"""What can be taken away from a finished run: its picture, its numbers, a link to its settings."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from demo.pages import running
from demo.run.events import Finished
from demo.run.link import query
from demo.run.plan import Plan


@dataclass(frozen=True)
class Taking:
    """The files' buttons, and the link."""

    png: gr.DownloadButton
    json: gr.DownloadButton
    link: gr.HTML

    def outputs(self) -> list[Any]:
        return [self.png, self.json, self.link]

    def of(self, plan: Plan, finished: Finished, folder: Path) -> dict[Any, Any]:
        """The updates once a run is done. folder: where its files are written; they live until they are handed over."""
        png, numbers = running.save(plan, finished, folder)
        return {self.png: png, self.json: numbers, self.link: linked(plan)}


def build() -> Taking:
    with gr.Row():
        png = gr.DownloadButton("Picture (PNG, exact)", elem_id="q-png")
        json = gr.DownloadButton("Run (JSON)", elem_id="q-json")
    return Taking(png, json, gr.HTML(elem_id="q-link", apply_default_css=False))


def linked(plan: Plan) -> str:
    """A button that copies a link to these settings."""
    return (
        f'<button type="button" class="q-link" data-query="{escape(query(plan.settings))}">'
        'Copy a link to these settings</button> <output class="q-soft"></output>'
    )
