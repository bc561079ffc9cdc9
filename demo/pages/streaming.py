"""A run as the page's updates: what is written where, from the first word to the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.figures import of_run
from demo.pages import cards, running, stage, verdict
from demo.pages import results as right
from demo.pages.choices import Left
from demo.pages.results import Results
from demo.pages.room import Waiting, visitor
from demo.pages.scene import Name, Scene
from demo.pages.stopping import Stopped, Stops, until
from demo.pages.unknown import unknown
from demo.run.events import Elsewhere, Finished, Least, Loading, Prepared, Progress, Tried, Unknown
from demo.run.plan import Plan
from demo.run.request import Request


@dataclass(frozen=True)
class Tab:
    """The tab's parts: what is set on the left, what a run writes to on the right, and what the page is doing."""

    left: Left
    results: Results
    scene: Scene
    stops: Stops


def stream(
    tab: Tab,
    request: gr.Request | None,
    before: Name,
    ask: Callable[[], Request],
    *,
    source: Callable[[Plan], Iterator[Any]] | None = None,
    note: Callable[[Finished], str] = lambda _: "",
) -> Iterator[dict[Any, Any]]:
    """The page's updates, one run long. What went wrong is said on the stage; what was there before stays.

    ask: what is wanted. source: where a plan's events come from, `running.events` unless given. note: what the
    verdict is to say first.
    """
    scene, said = tab.scene, tab.results.verdict
    with tab.stops.run(request) as wish:
        yield {said: cards.waiting("Waking the jury …"), **scene.set("running")}
        try:
            plan = ask().plan()
            events = running.seated("run", visitor(request), plan, (source or running.events)(plan))
            for update in _updates(tab, plan, until(wish, running.thinned(events)), note):
                if tab.results.after in update:
                    before = "opening"  # the last verdict has left the stage
                yield update
        except Stopped:
            yield {said: cards.stopped("Attack"), **scene.set("opening")}
        except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged: the page goes on
            yield {said: cards.error(running.said(problem)), **scene.set(before)}


def _updates(tab: Tab, plan: Plan, events: Iterator[Any], note: Callable[[Finished], str]) -> Iterator[dict[Any, Any]]:
    scene, results = tab.scene, tab.results
    prepared: Prepared | None = None
    least = ""
    for event, history in events:
        match event:
            case Waiting() | Loading() | Tried() | Elsewhere():
                yield {results.verdict: cards.meanwhile(event)}
            case Least():
                plan = event.plan
                least = f"{plan.epsilon:g}/255 is the least at which every attacked network falls."
                yield {tab.left.controls.argument.epsilon: plan.epsilon}
            case Unknown():
                yield _unknown(tab, plan, event) | scene.set("opening")
            case Prepared():
                prepared = event
            case Progress() if prepared:
                charts = of_run.charts(history, prepared.look.jurors, prepared.goal, plan.recipe)
                yield {
                    results.verdict: verdict.live(prepared, event),
                    results.stage: stage.live(prepared, event, charts),
                    results.after: gr.update(visible=False),
                }
            case Finished() if prepared:
                for update in right.finished(plan, prepared, event, results, least or note(event)):
                    yield update | scene.set("judged")


def _unknown(tab: Tab, plan: Plan, event: Unknown) -> dict[Any, Any]:
    """Kind words, and the label under attack set to the jury's best guess where the visitor can see and mend it."""
    return {
        tab.results.verdict: unknown(event.look, plan.labels),
        tab.results.stage: stage.opened(event.look),
        tab.left.controls.argument.label: gr.update(value=event.look.guess),
        tab.left.more: gr.update(open=True),
    }
