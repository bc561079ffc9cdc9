"""The right column: the verdict, the stage below it, and what can be taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from demo.attacks.recipes import RECIPES
from demo.pages import curves, replay, running, stage, taking, verdict
from demo.run.bet import GUESSES
from demo.run.events import Finished, Prepared
from demo.run.kept import Kept
from demo.run.plan import Plan
from demo.run.request import STRONGEST
from demo.run.saved import Saved, saved
from demo.run.views import VIEWS

TRIED = {f"Try {RECIPES[name].title}": name for name in ("cwa", "ensemblefool-a")}
"""Attacks whose pictures fool networks that they never saw most often (demo/attacks/README.md has the figures), by the
words of the button: the page brings them along, whatever the server has forgotten."""
VISIT = (
    '<nav id="q-visit" class="q-card" aria-label="Runs of this visit" hidden><h3>Runs of this visit</h3><ol></ol></nav>'
)
"""Filled in the browser (assets/visit.js): nobody else has them."""


@dataclass(frozen=True)
class Results:
    """Every component that a run writes to.

    heard: the verdict's room. bet: a guess before the run. onward: what is worth trying next. kept: the finished run;
    views: the buttons that lead into it. after: what is there when a run is done.
    """

    heard: gr.Column
    verdict: gr.HTML
    bet: gr.Radio
    onward: gr.Row
    least: gr.Button
    stronger: gr.Button
    another: gr.Button
    kept: gr.State
    views: Mapping[str, gr.Button]
    stage: gr.HTML
    after: gr.Column
    taking: taking.Taking
    curves: curves.Curves

    def outputs(self) -> list[Any]:
        return [
            self.verdict,
            self.bet,
            self.stronger,
            self.another,
            self.kept,
            self.stage,
            *self.taking.outputs(),
            *self.curves.outputs(),
        ]


def build() -> Results:
    gr.HTML('<div id="q-earlier"></div>', apply_default_css=False)
    with gr.Column() as heard:
        said = gr.HTML(verdict.welcome(), elem_id="q-verdict", apply_default_css=False)
        bet = gr.Radio(
            [(title, name) for name, title in GUESSES.items()],
            value=None,
            label="Your guess, if you like: who will fall?",
            elem_id="q-bet",
            elem_classes="q-guesses",
        )
        with gr.Row(visible=False, elem_id="q-onward") as onward:
            least = gr.Button("How little is enough?", size="sm", elem_id="q-least")
            stronger = gr.Button("Try twice the strength", size="sm", visible=False, elem_id="q-stronger")
            another = gr.Button("Try another", size="sm", elem_id="q-another")
    shown = gr.HTML(elem_id="q-stage", apply_default_css=False)
    with gr.Column(visible=False, elem_id="q-results") as after:
        with gr.Row(elem_id="q-why"):
            gr.HTML("<h3>See why</h3>", elem_id="q-why-title", apply_default_css=False)
            views = {name: gr.Button(view.title, size="sm", elem_id=f"q-to-{name}") for name, view in VIEWS.items()}
        taken = taking.build()
        drawn = curves.build(taken.run)
    gr.HTML(VISIT, apply_default_css=False)
    kept = gr.State(None, time_to_live=3600)
    return Results(heard, said, bet, onward, least, stronger, another, kept, views, shown, after, taken, drawn)


def _stronger(plan: Plan, finished: Finished) -> Any:
    """Twice the strength is worth a try where somebody who only watched still holds, or where nobody fell."""
    strength = twice(plan.epsilon)
    holds = any(f.status == "holds" for f in finished.findings if f.juror.group != "defended")
    return gr.update(visible=holds and strength > plan.epsilon, value=f"Try {strength:g}/255")


def twice(epsilon: float) -> float:
    """Twice the strength, as far as there is more."""
    return min(2 * epsilon, STRONGEST)


def another(attack: str) -> str:
    """The words that offer the attack to try after this one: the first of those that travel best, or the next."""
    return next(words for words, name in TRIED.items() if name != attack)


def finished(
    plan: Plan, prepared: Prepared, finished: Finished, results: Results, note: str = ""
) -> Iterator[dict[Any, Any]]:
    """The verdict and all that led to it. note: what else is to be said."""
    run = saved(plan, prepared, finished, replay.way(finished))
    yield from shown(run, Kept(plan, prepared, finished), results, note)


def shown(run: Saved, kept: Kept | None, results: Results, note: str = "") -> Iterator[dict[Any, Any]]:
    """A run at hand or one that was brought back; its files live until they are handed over. kept: if it can be looked
    into.
    """
    with running.scratch() as folder:
        yield {
            results.verdict: verdict.judged(run.prepared, run.finished, note),
            results.kept: kept,
            results.stronger: _stronger(kept.plan, run.finished) if kept else gr.update(visible=False),
            results.another: another(run.attack),
            results.stage: stage.judged(run, curves.charts(run)),
            **results.curves.of(),
            **results.taking.of(run, kept.plan if kept else None, Path(folder)),
        }


def tried(words: Any) -> str:
    """The attack that the button's words offer; the first, where a client made them up."""
    return TRIED.get(words if isinstance(words, str) else "", next(iter(TRIED.values())))
