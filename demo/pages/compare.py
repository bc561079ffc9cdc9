"""The Compare tab: two to four attacks on the same picture at equal cost, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from demo.attacks.recipes import IDEAS, RECIPES
from demo.pages import cards, running
from demo.pages.contest import side_by_side, unknown
from demo.pages.controls import Controls
from demo.pages.menu import attack_of
from demo.pages.room import Waiting, visitor
from demo.pages.stopping import STOP, Stopped, Stops, offered, pressed, until
from demo.pages.widgets import QUIET, heard_at
from demo.run.comparison import MOST, Contestant, Told, best, comparable, plans, report
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
    """The tab's components. best: holds the winner and its iterations; take: the button that loads it."""

    picked: gr.Dropdown
    budget: gr.Slider
    start: gr.Button
    stop: gr.Button
    stage: gr.HTML
    json: gr.DownloadButton
    best: gr.State
    take: gr.Button


def build(controls: Controls, tabs: gr.Tabs) -> None:
    """The tab, on the picture, the surrogates and the strength that are set on the Attack tab (`controls`)."""
    contest, stops = _components(), Stops()

    def watch(request: gr.Request, attacks: Any, gradients: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        with stops.run(request) as wish:
            yield {contest.stage: cards.waiting("Waking the jury …"), **busy()}
            try:
                budget = plain(gradients)
                entered = plans(controls.request(*values), attacks or (), budget)
                contest_told = running.contestants(entered, budget)
                events = running.seated("comparison", visitor(request), entered[0], contest_told)
                told = running.thinned(until(wish, events))
                yield from _updates(contest, (event for event, _ in told), entered)
            except Stopped:
                yield {contest.stage: cards.stopped("Compare")}
            except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged
                yield {contest.stage: cards.error(running.said(problem))}
        yield {contest.start: gr.update(visible=True), contest.stop: offered(False)}

    def busy() -> dict[Any, Any]:
        return {
            contest.start: gr.update(visible=False),
            contest.stop: offered(True),
            **dict.fromkeys((contest.take, contest.json), gr.update(visible=False)),
        }

    def stopping(request: gr.Request) -> Any:
        return pressed(stops.want(request))

    settings: dict[str, Any] = heard_at(contest.stage)
    outputs = [contest.stage, contest.json, contest.best, contest.take, contest.start, contest.stop]
    contest.start.click(watch, [contest.picked, contest.budget, *controls.widgets()], outputs, **settings)
    contest.stop.click(stopping, None, contest.stop, **QUIET)
    contest.take.click(
        loaded,
        contest.best,
        [controls.argument.attack, controls.argument.iterations, tabs],
        **QUIET,
    )


def loaded(best: Any) -> tuple[Any, ...]:
    """The winner and its iterations, for the Attack tab."""
    if best is None:
        raise gr.Error("This comparison has left the memory: compare again first.", print_exception=False)
    attack, iterations = best
    return attack_of(attack), iterations, gr.Tabs(selected="attack")


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
        stop = gr.Button(STOP, visible=False, elem_id="q-compare-stop")
    stage = gr.HTML(elem_id="q-contest")
    with gr.Row():
        take = gr.Button("Load the best into Attack", visible=False, elem_id="q-take")
        record = gr.DownloadButton("Comparison (JSON)", visible=False, elem_id="q-comparison")
    return Contest(picked, budget, start, stop, stage, record, gr.State(None), take)


def _updates(contest: Contest, told: Iterator[Told | Waiting], entered: Sequence[Plan]) -> Iterator[dict[Any, Any]]:
    done: list[Contestant] = []
    for event in told:
        match event:
            case Waiting():
                yield {contest.stage: cards.meanwhile(event)}
            case Unknown():
                yield {contest.stage: unknown(event)}
                return
            case Progress():
                yield {contest.stage: side_by_side(done, under_way=(entered[len(done)].recipe.title, event))}
            case Contestant():
                done.append(event)
                yield {contest.stage: side_by_side(done)}
    winner = best(done)
    with running.scratch() as folder:
        path = Path(folder) / "quorum-comparison.json"
        path.write_text(json.dumps(report(done), indent=1))
        yield {
            contest.stage: side_by_side(done, winner=winner),
            contest.json: gr.update(value=str(path), visible=True),
            contest.best: [winner.plan.attack, winner.plan.iterations],
            contest.take: gr.update(visible=True, value=f"Load {winner.title} into Attack"),
        }
