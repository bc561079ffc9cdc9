"""The whole page: header, tabs, what lies beneath, and how it looks."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from demo.pages import about, api, attack, compare, lab, packs, reopening, see, talk, telling
from demo.run.device import best
from models import CARDS
from models.packs import PACKS

ASSETS = Path(__file__).parents[2] / "assets"
TITLE = "Quorum"
SCRIPTS = ("stage.js", "talk.js", "visit.js", "lab.js")
FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
THEME = gr.themes.Base(
    primary_hue="indigo", neutral_hue="zinc", font=FONT, font_mono=("ui-monospace", "monospace")
).set(
    body_background_fill="#f7f7f5",
    body_background_fill_dark="#121315",
    block_background_fill="#ffffff",
    block_background_fill_dark="#1b1d20",
    block_label_background_fill="transparent",
    block_title_text_weight="600",
    body_text_color_subdued="#5c6168",
    body_text_color_subdued_dark="#a3a9b1",
    block_info_text_color="#5c6168",
    block_info_text_color_dark="#a3a9b1",
    border_color_primary="#e4e4e0",
    border_color_primary_dark="#2c2f34",
    button_primary_background_fill="#3b5bdb",
    button_primary_background_fill_hover="#364fc7",
    button_primary_background_fill_dark="#4263eb",
    button_primary_text_color="#ffffff",
    color_accent="#3b5bdb",
    slider_color="#3b5bdb",
    slider_color_dark="#748ffc",
)
"""System fonts alone, and nothing from outside: no request leaves the machine."""


def style() -> str:
    """The page's CSS, with each network's colour beside its name in the list of surrogates."""
    dots = (
        f".q-{pack} label:nth-of-type({place}) {{ --q-network: {CARDS[name].color}; }}"
        for pack in PACKS
        for place, name in enumerate(packs.boxes(pack), start=1)
    )
    return "\n".join([*((ASSETS / name).read_text() for name in ("style.css", "icons.css")), *dots])


def head() -> str:
    """What happens in the browser alone, and stage mode's style, for the page's head."""
    scripts = "".join(f"<script>{(ASSETS / name).read_text()}</script>" for name in SCRIPTS)
    return f"{scripts}<style>{(ASSETS / 'talk.css').read_text()}</style>"


def build(folder: Path) -> gr.Blocks:
    """The page's blocks. folder: where the examples are written."""
    # Swept every ten minutes, so that uploads and results are gone within the hour, as README and page say.
    with gr.Blocks(title=TITLE, delete_cache=(600, 3000)) as blocks:
        device = "GPU" if best() == "cuda" else "CPU"
        gr.HTML(
            '<a class="q-skip" href="#q-start">To the start button</a>'
            f'<header class="q-head"><h1>{TITLE}</h1><p>One picture, a jury of networks. Who changes their mind?</p>'
            f'<span class="q-chip">{device} · runs on this machine</span>{talk.DOOR}</header>'
        )
        with gr.Tabs(selected="attack") as tabs:
            with gr.Tab("Attack", id="attack"):
                run, bar = attack.build(blocks, folder)
            with gr.Tab("Compare", id="compare"):
                compare.build(run.left.controls, tabs)
            with gr.Tab("See why", id="see") as tab:
                see.build(run.results, tabs, tab)
            with gr.Tab("Stories", id="stories"):
                telling.build(blocks, run, bar, tabs)
                reopening.build(run, bar, tabs)
            with gr.Tab("Lab", id="lab"):
                lab.build()
        gr.HTML(talk.BAR)
        about.build()
        api.build()
    return blocks
