"""The Compare tab: two to four attacks on the same picture at equal cost, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from demo import figures
from demo.attacks.recipes import IDEAS, RECIPES
from demo.comparison import MOST, Contestant, comparable
from demo.figures import Chart, Line
from demo.pages import choices, markup, running
from demo.pages.choices import Controls
from demo.request import plain

DEFAULT = ("mi-fgsm", "ensemblefool-a", "svre", "a-gd")
DEFAULT_BUDGET = 120
COLORS = ("#4c6ef5", "#e8590c", "#2f9e44", "#ae3ec9")


def build(controls: Controls, compute: dict[str, Any]) -> None:
    """The tab, on the picture, the surrogates and the strength that are set on the Attack tab (`controls`)."""
    gr.HTML(
        '<p class="q-say">The same picture, surrogates and strength as on the <b>Attack</b> tab. Every attack may '
        "spend equally many <i>member gradients</i> (one pass back through one surrogate), so a costly "
        "iteration means fewer of them. Nobody takes more than 100 iterations: where one would, all get less. "
        "Everybody takes at least one.</p>"
    )
    with gr.Row(equal_height=True):
        picked = gr.Dropdown(
            [(f"{IDEAS[RECIPES[name].idea]} · {RECIPES[name].title}", name) for name in comparable()],
            value=list(DEFAULT),
            multiselect=True,
            max_choices=MOST,
            label="Attacks (two to four)",
            scale=3,
            min_width=320,
            elem_id="q-picked",
        )
        budget = gr.Slider(10, 600, DEFAULT_BUDGET, step=10, label="Gradients for each", scale=2, min_width=240)
    with gr.Row():
        start = gr.Button("Compare", variant="primary", elem_id="q-compare")
        stop = gr.Button("Stop", visible=False, elem_id="q-compare-stop")
    stage = gr.HTML(elem_id="q-contest")
    plot = gr.Plot(show_label=False, visible=False)
    best = gr.State("")
    take = gr.Button("Load the best into Attack", visible=False, elem_id="q-take")
    names, widgets = list(controls), list(controls.values())

    def watch(attacks: Any, gradients: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        busy = {start: gr.update(visible=False), stop: gr.update(visible=True), take: gr.update(visible=False)}
        ready = {start: gr.update(visible=True), stop: gr.update(visible=False)}
        yield {stage: markup.waiting("Waking the jury …"), plot: gr.update(visible=False)} | busy
        try:
            asked = running.ask(choices.asked(dict(zip(names, values, strict=True))))
            done: list[Contestant] = []
            for contestant in running.contestants(asked, attacks or (), plain(gradients)):
                if contestant.finished is None:
                    yield {stage: _unknown(contestant)} | ready
                    return
                done.append(contestant)
                yield {stage: cards(done, waiting=len(attacks) - len(done))}
            winner = max(done, key=Contestant.merit)
            yield {
                stage: cards(done, winner=winner),
                plot: gr.update(value=figures.plot(curves(done)), visible=bool(done[0].held_out())),
                best: winner.request.attack,
                take: gr.update(visible=True, value=f"Load {winner.title} into Attack"),
            } | ready
        except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged: the page goes on
            yield {stage: markup.error(running.said(problem))} | ready

    settings: dict[str, Any] = compute | {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [stage, plot, best, take, start, stop]
    pressed = start.click(watch, [picked, budget, *widgets], outputs, **settings)
    running.stops(stop, start, stage, [pressed], "Compare")
    take.click(lambda name: name, best, controls["attack"], queue=False, api_visibility="private").then(
        None, None, None, js="() => document.querySelector('button[role=tab]').click()", api_visibility="private"
    )


def cards(done: Sequence[Contestant], waiting: int = 0, winner: Contestant | None = None) -> str:
    """One card an attack: its verdict, its picture, what it cost."""
    shown = "".join(_card(contestant, contestant is winner) for contestant in done)
    rest = markup.waiting(f"{waiting} more to come …") if waiting else ""
    return f'<div class="q-contest">{shown}</div>{rest}'


def _card(contestant: Contestant, best: bool) -> str:
    finished = contestant.finished
    if finished is None:
        raise ValueError("A contestant without a verdict has no card.")
    spent = finished.history[-1]
    belief = contestant.curve()
    sure = f"Held-out networks still {belief[-1][1]:.0%} sure. " if belief else ""
    crown = ' <span class="q-tag q-holds">★ best</span>' if best else ""
    return (
        f'<div class="q-card"><h2>{escape(contestant.title)}{crown}</h2><p>{escape(finished.sentence)}</p>'
        f"{markup.image(finished.adversarial, f'The picture by {contestant.title}')}"
        f'<p class="q-soft">{sure}{spent.cost} gradients in {spent.step} iterations, '
        f"{finished.seconds:.1f} s.</p></div>"
    )


def curves(done: Sequence[Contestant]) -> Chart:
    """Mean confidence of the held-out networks against gradients spent, a curve an attack."""
    lines = tuple(
        Line(
            contestant.title,
            color,
            dash,
            tuple(value for _, value in contestant.curve()),
            tuple(cost for cost, _ in contestant.curve()),
        )
        for contestant, color, dash in zip(done, COLORS, ("solid", "dash", "dot", "dashdot"), strict=False)
        if contestant.curve()
    )
    end = max((line.places[-1] for line in lines), default=1.0)
    return Chart("How sure the held-out networks still are, on average", end, lines, axis="member gradients")


def _unknown(contestant: Contestant) -> str:
    return markup.card(
        "The jury does not recognise this picture",
        f"<p>Its best guess is “{escape(contestant.prepared.guess)}”. Say what the picture shows under <b>More</b> on "
        "the <b>Attack</b> tab, or choose another picture there.</p>",
        role="status",
    )
