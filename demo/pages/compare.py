"""The Compare tab: two to four attacks on the same picture at equal cost, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from demo.attacks.recipes import IDEAS, RECIPES
from demo.figures import interactive, of_comparison
from demo.pages import cards, running
from demo.pages.controls import Controls
from demo.pages.menu import attack_of
from demo.pages.replay import preview
from demo.pages.stopping import Stopped, Stops, until
from demo.pages.widgets import QUIET
from demo.run.comparison import MOST, Contestant, Told, comparable, plans
from demo.run.events import Progress, Unknown
from demo.run.plan import Plan
from demo.run.setting import plain

DEFAULT = ("mi-fgsm", "ensemblefool-a", "svre", "a-gd")
DEFAULT_BUDGET = 120
WORDS = (
    '<p class="q-say">The same picture, surrogates and strength as on the <b>Attack</b> tab. Every attack may '
    "spend equally many <i>member gradients</i> (one pass back through one surrogate), so a costly "
    "iteration means fewer of them. Nobody takes more than 100 iterations: where one would, all get less. "
    "Everybody takes at least one.</p>"
)


@dataclass(frozen=True)
class Contest:
    """The tab's components. best: the state that holds the winner's name; take: the button that loads it."""

    picked: gr.Dropdown
    budget: gr.Slider
    start: gr.Button
    stop: gr.Button
    stage: gr.HTML
    plot: gr.Plot
    best: gr.State
    take: gr.Button


def build(controls: Controls, tabs: gr.Tabs, compute: dict[str, Any]) -> None:
    """The tab, on the picture, the surrogates and the strength that are set on the Attack tab (`controls`)."""
    contest, stops = _components(), Stops()

    def watch(request: gr.Request, attacks: Any, gradients: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        with stops.run(request) as wish:
            yield {contest.stage: cards.waiting("Waking the jury …"), contest.plot: gr.update(visible=False), **busy()}
            try:
                budget = plain(gradients)
                entered = plans(controls.request(*values), attacks or (), budget)
                told = running.thinned(until(wish, running.contestants(entered, budget)))
                yield from _updates(contest, (event for event, _ in told), entered)
            except Stopped:
                yield {contest.stage: cards.stopped("Compare")}
            except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged
                yield {contest.stage: cards.error(running.said(problem))}
        yield {contest.start: gr.update(visible=True), contest.stop: gr.update(visible=False)}

    def busy() -> dict[Any, Any]:
        shown = gr.update(visible=True, interactive=True)
        return {contest.start: gr.update(visible=False), contest.stop: shown, contest.take: gr.update(visible=False)}

    def stopping(request: gr.Request) -> list[Any]:
        wanted = stops.want(request)
        return [cards.stopping(), gr.update(interactive=False)] if wanted else [gr.skip(), gr.skip()]

    settings: dict[str, Any] = compute | {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [contest.stage, contest.plot, contest.best, contest.take, contest.start, contest.stop]
    contest.start.click(watch, [contest.picked, contest.budget, *controls.widgets()], outputs, **settings)
    contest.stop.click(stopping, None, [contest.stage, contest.stop], **QUIET)
    contest.take.click(
        lambda name: (attack_of(name), gr.Tabs(selected="attack")),
        contest.best,
        [controls.argument.attack, tabs],
        **QUIET,
    )


def _components() -> Contest:
    gr.HTML(WORDS)
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
    take = gr.Button("Load the best into Attack", visible=False, elem_id="q-take")
    return Contest(picked, budget, start, stop, stage, plot, gr.State(""), take)


def _updates(contest: Contest, told: Iterator[Told], entered: Sequence[Plan]) -> Iterator[dict[Any, Any]]:
    done: list[Contestant] = []
    for event in told:
        match event:
            case Unknown():
                yield {contest.stage: _unknown(event)}
                return
            case Progress():
                yield {contest.stage: side_by_side(done, under_way=(entered[len(done)].recipe.title, event))}
            case Contestant():
                done.append(event)
                yield {contest.stage: side_by_side(done)}
    winner = max(done, key=Contestant.merit)
    yield {
        contest.stage: side_by_side(done, winner=winner),
        contest.plot: gr.update(value=interactive.plot(of_comparison.curves(done)), visible=bool(done[0].held_out())),
        contest.best: winner.plan.attack,
        contest.take: gr.update(visible=True, value=f"Load {winner.title} into Attack"),
    }


def side_by_side(
    done: Sequence[Contestant], under_way: tuple[str, Progress] | None = None, winner: Contestant | None = None
) -> str:
    """One card an attack: its verdict, its picture, what it cost. under_way: the attack that runs now, and how far."""
    shown = "".join(_card(contestant, contestant is winner) for contestant in done)
    if under_way is None:
        return f'<div class="q-contest">{shown}</div>'
    title, progress = under_way
    words = f"{title}: iteration {progress.step} of {progress.steps} …"
    return f'<div class="q-contest">{shown}</div>{cards.waiting(words, progress.step / progress.steps)}'


def _card(contestant: Contestant, best: bool) -> str:
    finished = contestant.finished
    spent = finished.history[-1]
    belief = contestant.curve()
    sure = f"Held-out networks still {belief[-1][1]:.0%} sure. " if belief else ""
    crown = ' <span class="q-tag q-holds">★ best</span>' if best else ""
    return (
        f'<div class="q-card"><h2>{escape(contestant.title)}{crown}</h2><p>{escape(finished.sentence)}</p>'
        f'<img class="q-picture" src="{preview(finished.adversarial)}" alt="The picture by {escape(contestant.title)}">'
        f'<p class="q-soft">{sure}{spent.gradients} gradients in {spent.step} iterations, '
        f"{finished.seconds:.1f} s.</p></div>"
    )


def _unknown(event: Unknown) -> str:
    return cards.card(
        "The jury does not recognise this picture",
        f"<p>Its best guess is “{escape(event.look.guess)}”. Say what the picture shows under <b>More</b> on "
        "the <b>Attack</b> tab, or choose another picture there.</p>",
        role="status",
    )
