"""The Attack tab: three numbered choices, the verdict, then everything that led to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from demo.figures import of_run
from demo.pages import cards, choices, opening, running, stage, verdict
from demo.pages import results as right
from demo.pages.choices import Left
from demo.pages.menu import attack_of
from demo.pages.results import Results
from demo.pages.scene import Name, Scene
from demo.pages.stopping import Stopped, Stops, until
from demo.pages.unknown import unknown
from demo.pages.widgets import QUIET
from demo.run.events import Finished, Least, Loading, Prepared, Progress, Tried, Unknown
from demo.run.plan import Plan

COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 2}
"""All heavy work shares one queue, so that a second visitor waits a moment instead of slowing everybody down."""

TO_THE_STAGE = """() => {
  const stage = document.getElementById("q-verdict");
  if (stage.getBoundingClientRect().top > innerHeight / 2) stage.scrollIntoView({behavior: "smooth"});
}"""
"""On a small screen the stage lies below the choices."""


TO_THE_VERDICT = """() => {
  const now = document.activeElement;
  if (!now || now === document.body || now.closest("#q-go, #q-onward")) document.querySelector(".q-verdict")?.focus();
}"""
"""The button that was pressed is gone by then."""


@dataclass(frozen=True)
class Tab:
    """The tab's parts: what is set on the left, what a run writes to on the right, and what the page is doing."""

    left: Left
    results: Results
    scene: Scene
    stops: Stops


def build(blocks: gr.Blocks, folder: Path) -> Tab:
    """The tab's components and what connects them. folder: where the examples are written."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=0, min_width=340, elem_id="q-choices"):
            left = choices.build(folder)
            with gr.Row(elem_id="q-go"):
                start = gr.Button("Attack", variant="primary", size="lg", elem_id="q-start")
                stop = gr.Button("Stop", size="lg", visible=False, elem_id="q-stop")
        with gr.Column(scale=1, min_width=320, elem_id="q-right"):
            results = right.build()
    tab = Tab(left, results, Scene(gr.State("opening"), start, stop, left.sources, results), Stops())
    _connect(tab)
    opening.connect(blocks, left.controls, left.guess, tab.scene, tab.stops)
    return tab


def _connect(tab: Tab) -> None:
    controls, results, scene = tab.left.controls, tab.results, tab.scene

    def watch(request: gr.Request, before: Name, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from stream(tab, request, before, values)

    def search(request: gr.Request, before: Name, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from stream(tab, request, before, values, source=running.search)

    def other(request: gr.Request, before: Name, attack: str, *values: Any) -> Iterator[dict[Any, Any]]:
        yield {controls.argument.attack: attack_of(attack)}
        yield from stream(tab, request, before, values, attack=attack)

    inputs = [scene.state, *controls.widgets()]
    argument = controls.argument
    outputs = [*scene.outputs(), *results.outputs(), argument.label, argument.epsilon, argument.attack, tab.left.more]
    settings: dict[str, Any] = COMPUTE | {"show_progress": "hidden", "api_visibility": "private"}
    for button, run, more in (
        (scene.start, watch, []),
        (results.least, search, []),
        (results.another, other, [results.other]),
    ):
        button.click(None, None, None, js=TO_THE_STAGE, api_visibility="private")
        # Who pressed a key finds the verdict under it; who has gone elsewhere since is left there.
        button.click(run, [scene.state, *more, *controls.widgets()], outputs, **settings).then(
            None, None, None, js=TO_THE_VERDICT, api_visibility="private"
        )
    _connect_pictures(tab, watch, inputs, outputs, settings)

    def stopping(request: gr.Request) -> list[Any]:
        wanted = tab.stops.want(request)
        return [cards.stopping(), gr.update(interactive=False)] if wanted else [gr.skip(), gr.skip()]

    # What stands on the stage is then no longer what the settings would give.
    settled = [widget.change for widget in controls.widgets()[1:] if widget is not argument.label]
    gr.on(settled, stale, scene.state, results.heard, **QUIET)
    scene.stop.click(stopping, None, [results.verdict, scene.stop], **QUIET)


def _connect_pictures(tab: Tab, watch: Any, inputs: Any, outputs: Any, settings: dict[str, Any]) -> None:
    """Another picture has another label and another crop; an example is run at once."""
    picture, label, place = (
        tab.left.controls.picture,
        tab.left.controls.argument.label,
        tab.left.controls.argument.place,
    )
    picture.input(lambda: "", None, label, queue=False, api_visibility="private")
    for sample in tab.left.samples.values():
        sample.load_input_event.then(lambda: ("", 0.5), None, [label, place], **QUIET).then(
            watch, inputs, outputs, **settings
        )


def stale(now: Name) -> Any:
    """The verdict says that it is an earlier one, once the settings have changed since."""
    return gr.update(elem_classes=["q-stale"]) if now == "judged" else gr.skip()


def stream(
    tab: Tab,
    request: gr.Request | None,
    before: Name,
    values: Any,
    *,
    source: Callable[[Plan], Iterator[Any]] | None = None,
    attack: str = "",
) -> Iterator[dict[Any, Any]]:
    """The page's updates, one run long. What went wrong is said on the stage; what was there before stays.

    source: where a plan's events come from, `running.events` unless given. attack: instead of the one that is chosen,
    with its own settings.
    """
    scene, said = tab.scene, tab.results.verdict
    with tab.stops.run(request) as wish:
        yield {said: cards.waiting("Waking the jury …"), **scene.set("running")}
        try:
            asked = tab.left.controls.request(*values)
            plan = (replace(asked, attack=attack, knobs={}) if attack else asked).plan()
            for update in _updates(tab, plan, until(wish, running.thinned((source or running.events)(plan)))):
                if tab.results.after in update:
                    before = "opening"  # the last verdict has left the stage
                yield update
        except Stopped:
            yield {said: cards.stopped("Attack"), **scene.set("opening")}
        except Exception as problem:  # noqa: BLE001  # said on the stage and, if it is ours, logged: the page goes on
            yield {said: cards.error(running.said(problem)), **scene.set(before)}


def _updates(tab: Tab, plan: Plan, events: Iterator[Any]) -> Iterator[dict[Any, Any]]:
    scene, results = tab.scene, tab.results
    prepared: Prepared | None = None
    note = ""
    for event, history in events:
        match event:
            case Loading():
                yield {results.verdict: cards.fetching(event)}
            case Tried():
                yield {results.verdict: cards.tried(event)}
            case Least():
                plan, note = (
                    event.plan,
                    f"{event.plan.epsilon:g}/255 is the least at which every attacked network falls.",
                )
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
                for update in right.finished(plan, prepared, event, results, note):
                    yield update | scene.set("judged")


def _unknown(tab: Tab, plan: Plan, event: Unknown) -> dict[Any, Any]:
    """Kind words, and the label under attack set to the jury's best guess where the visitor can see and mend it."""
    return {
        tab.results.verdict: unknown(event.look, plan.labels),
        tab.results.stage: stage.opened(event.look),
        tab.left.controls.argument.label: gr.update(value=event.look.guess),
        tab.left.more: gr.update(open=True),
    }
