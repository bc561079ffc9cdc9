"""How those that are attacked answer: as they are, each behind a defence, or all of them as one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.pages.follow import Followers
from demo.pages.widgets import QUIET, of_defences
from models.defences import DEFENCES

AS_THEY_ARE = ("As they are", "")
ONE, EACH = "As one: {}", "Each behind: {}"


def build() -> tuple[gr.Dropdown, gr.Checkbox, dict[tuple[str, str], gr.Number]]:
    """A closed drawer: the defence, whether its networks are attacked as they are as well, and its settings."""
    with gr.Accordion("Attack a defence made of them", open=False, elem_id="q-as-a-defence"):
        answering = gr.Dropdown(_choices(), value="", label="How they answer", elem_id="q-answering")
        saying = gr.HTML(visible=False, apply_default_css=False)
        settings = of_defences({})
        bare = gr.Checkbox(False, label="Attack them as they are, too", visible=False, elem_id="q-bare")
    followers = [saying, bare, *settings.values()]

    def follow(chosen: Any) -> list[Any]:
        shown = [gr.update(visible=owner == chosen) for owner, _ in settings]
        return [gr.update(value=_saying(chosen), visible=bool(chosen)), gr.update(visible=chosen in DEFENCES), *shown]

    answering.change(follow, answering, followers, **QUIET)
    return answering, bare, settings


def connect(followers: Followers, answering: gr.Dropdown, bare: gr.Checkbox) -> None:
    """Another pack opens on networks as they are."""
    followers.add(lambda pack: [gr.update(choices=_choices(), value=AS_THEY_ARE[1]), False], [answering, bare])


def chosen(value: str) -> Any:
    """The menu with this one chosen: a defence, or what no menu could hold, as a link may ask for it: names."""
    own = [] if not value or value in DEFENCES else [(f"{value.count(',') + 1} as a link has them", value)]
    return gr.update(choices=[*_choices(), *own], value=value)


def _choices() -> list[tuple[str, str]]:
    """Juries first, since most that is written about attacks on defences is about these; what rolls dice last."""
    rows = sorted(DEFENCES.values(), key=lambda row: (not row.several, row.gradient == "random"))
    return [AS_THEY_ARE, *(((ONE if row.several else EACH).format(row.title), row.name) for row in rows)]


def _saying(value: Any) -> str:
    row = DEFENCES.get(value) if isinstance(value, str) else None
    if row is None:
        return '<p class="q-say">Several kinds at once: their names stand above.</p>'
    return (
        f'<p class="q-say">{row.sentence} {row.attacked} '
        f'<a href="{row.link}" target="_blank" rel="noopener">{row.paper}</a></p>'
    )
