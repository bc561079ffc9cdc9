"""A finished run as one HTML file that needs nothing else: pictures, verdict, charts, settings, and the run itself."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from demo.attacks.recipes import RECIPES
from demo.figures import of_run
from demo.figures.chart import Chart
from demo.pages import replay, sheets, stage, verdict
from demo.run.picture import Pixels, strengthened
from demo.run.reading import embedded
from demo.run.saved import Saved

ASSETS = Path(__file__).parents[2] / "assets"
ADDED = 8
"""How many times stronger what was added is shown."""


def made(run: Saved) -> bytes:
    """The file. It asks for nothing from anywhere: its policy lets its own script run, and nothing else."""
    charts = of_run.charts(run.finished.history, run.prepared.look.jurors, run.prepared.goal, RECIPES[run.attack])
    script = (ASSETS / "stage.js").read_text()
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{own}'"
    title = f"{RECIPES[run.attack].title} on “{run.finished.label}”"
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="Quorum">'
        f"<title>Quorum: {escape(title)}</title><style>{style()}</style></head>"
        f'<body class="gradio-container"><main>{_body(run, charts, title)}</main>'
        f"{embedded(run)}<script>{script}</script></body></html>\n"
    )
    return html.encode()


def style() -> str:
    """The page's CSS with what Gradio gives it there, and its dark colours wherever darkness is preferred."""
    page, own = (ASSETS / "style.css").read_text(), (ASSETS / "report.css").read_text()
    (dark,) = re.findall(r"^\.dark \.gradio-container[^{]*\{([^}]*)\}", page, re.MULTILINE)
    return f"{page}{own}@media screen and (prefers-color-scheme: dark) {{ .gradio-container {{{dark}}} }}"


def _body(run: Saved, charts: Sequence[Chart], title: str) -> str:
    version = escape(str(run.document["version"]))
    return (
        f'<header class="q-head"><h1>{escape(title)}</h1><p>A report by Quorum {version}</p></header>'
        f'<div id="q-verdict">{verdict.judged(run.prepared, run.finished)}</div>'
        f'<div id="q-stage">{stage.judged(run, charts)}</div>'
        f"{_card('The pictures', _pictures(run))}"
        f"{_card('Every juror’s five best guesses', sheets.jurors(run.finished))}"
        f"{_card('The charts’ numbers', ''.join(map(sheets.numbers, charts)))}"
        f"{_card('Settings and measures', sheets.facts(run))}"
        f"{_card('Make it again', sheets.again(run))}"
    )


def _card(title: str, body: str) -> str:
    return f'<section class="q-card"><h2>{escape(title)}</h2>{body}</section>'


def _pictures(run: Saved) -> str:
    finished = run.finished
    shown: list[tuple[str, Pixels]] = [
        ("Before", finished.original),
        ("After, exactly", finished.adversarial),
        (f"What was added, ×{ADDED}, around grey", strengthened(finished.adversarial, finished.original, ADDED)),
    ]
    figures = (
        f'<figure><img src="{replay.exact(pixels)}" alt="{words}"><figcaption>{words}</figcaption></figure>'
        for words, pixels in shown
    )
    return f'<div class="q-pictures">{"".join(figures)}</div>'
