"""Stories and the tour: runs that show one thing each, one press away or by link; and links to any run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import gradio as gr

from demo.pages import results as right
from demo.pages import running
from demo.pages.arriving import asked
from demo.pages.places import Place, moved, named, read
from demo.pages.restoring import outputs, restored
from demo.pages.scene import TO_THE_VERDICT, Name
from demo.pages.streaming import Tab, stream
from demo.pages.widgets import QUIET, heard_at
from demo.run.device import best
from demo.run.events import Finished, Prepared
from demo.run.plan import Plan
from demo.run.stories import STORIES, TOUR

WORDS = (
    '<p class="q-say">Each shows one thing, with a run on a picture that is here. The tour is the shortest way '
    "through; the arrows lead on and back.</p>"
)


@dataclass(frozen=True)
class Bar:
    """Above the verdict while a story is told. begin: not shown, for stage mode to press. where: the place, or None."""

    room: gr.Row
    words: gr.HTML
    back: gr.Button
    again: gr.Button
    onward: gr.Button
    end: gr.Button
    begin: gr.Button
    where: gr.State

    def outputs(self) -> list[Any]:
        return [self.room, self.words, self.back, self.onward, self.again, self.where]


class Recorded:
    """The last run of each story on this machine: seeds are fixed, so that it need not be run for everybody anew."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[Plan, Prepared, Finished]] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> tuple[Plan, Prepared, Finished] | None:
        with self._lock:
            return self._runs.get(name)

    def recording(self, name: str, plan: Plan, events: Iterator[Any]) -> Iterator[Any]:
        """The events, of which the verdict is kept."""
        prepared: Prepared | None = None
        for event in events:
            if isinstance(event, Prepared):
                prepared = event
            if isinstance(event, Finished) and prepared and not event.early:
                with self._lock:
                    self._runs[name] = plan, prepared, event
            yield event


def bar() -> Bar:
    """The bar's components, hidden until a story begins."""
    with gr.Row(visible=False, elem_id="q-story", equal_height=True) as room:
        words = gr.HTML(apply_default_css=False, elem_id="q-story-words")
        back = gr.Button("Back", size="sm", elem_id="q-story-back")
        again = gr.Button("Run it again", size="sm", elem_id="q-story-again")
        onward = gr.Button("Next", size="sm", variant="primary", elem_id="q-story-next")
        end = gr.Button("End", size="sm", elem_id="q-story-end")
    begin = gr.Button("Begin the stories", elem_id="q-tell-begin")
    return Bar(room, words, back, again, onward, end, begin, gr.State(None))


def build(blocks: gr.Blocks, tab: Tab, shown: Bar, tabs: gr.Tabs) -> None:
    """The tab of stories, and what a link brings."""
    teller = Teller(tab, shown, tabs)
    gr.HTML(WORDS, apply_default_css=False)
    with gr.Row(elem_id="q-stories"):
        starts: list[tuple[gr.Button, Place]] = [
            (_card("The tour", "Six steps, three minutes.", "Take the tour", "tour"), ("tour", 0))
        ]
        for place, (name, story) in enumerate(STORIES.items()):
            starts.append((_card(story.title, story.sentence, "Tell it", name), ("stories", place)))
    starts.append((shown.begin, ("stories", 0)))
    how: dict[str, Any] = heard_at(tab.results.verdict)
    now, where, room = tab.scene.state, shown.where, teller.outputs()
    tellers = [(button, _telling(teller, partial(_always, begin))) for button, begin in starts]
    tellers += [
        (shown.back, _telling(teller, partial(moved, way=-1))),
        (shown.onward, _telling(teller, partial(moved, way=1))),
    ]
    tellers += [(shown.again, _telling(teller, partial(moved, way=0), live=True))]
    for button, tell in tellers:
        told = button.click(tell, [now, where], room, **how)
        told.then(None, None, None, js=TO_THE_VERDICT, api_visibility="private")
    shown.end.click(lambda: (gr.update(visible=False), None), None, [shown.room, where], **QUIET)
    blocks.load(teller.arrive, [now], room, **how)


def _telling(teller: Teller, place: Callable[[Any], Any], live: bool = False) -> Callable[..., Any]:
    """A handler that tells what is at that place. place: from where one is."""

    def tell(request: gr.Request, now: Name, here: Any) -> Iterator[dict[Any, Any]]:
        yield from teller.tell(request, now, place(here), live)

    return tell


def _always(place: Place, _: Any) -> Place:
    return place


class Teller:
    """Tells stories on the Attack tab."""

    def __init__(self, tab: Tab, shown: Bar, tabs: gr.Tabs) -> None:
        self._tab, self._bar, self._tabs, self._recorded = tab, shown, tabs, Recorded()

    def outputs(self) -> list[Any]:
        """Whatever telling may write to."""
        tab = self._tab
        rooms = [*outputs(tab.left), *tab.scene.outputs(), *tab.results.outputs(), tab.left.more]
        return list(dict.fromkeys([self._tabs, *self._bar.outputs(), *rooms]))

    def tell(self, request: gr.Request, now: Name, where: Any, live: bool = False) -> Iterator[dict[Any, Any]]:
        """The page's updates. live: run it, even if there is a run on record."""
        title, words, story, name = read(where)
        if now == "running":
            yield self._as_it_is()
            return
        yield self._barred(where, title, words) | {self._tabs: gr.Tabs(selected="attack")}
        if story is None:
            return
        wanted = story.request(self._tab.left.made[story.picture], best())
        yield restored(self._tab.left, wanted.settled(), story.picture)
        if not live and (known := self._recorded.get(name)):
            for update in right.finished(*known, self._tab.results, story.lesson):
                yield update | self._tab.scene.set("judged")
            return

        def events(plan: Plan) -> Iterator[Any]:
            yield from self._recorded.recording(name, plan, running.events(plan))

        yield from stream(self._tab, request, now, lambda: wanted, source=events, note=lambda _: story.lesson)

    def arrive(self, request: gr.Request, now: Name) -> Iterator[dict[Any, Any]]:
        """The story that the page's address asks for, if any; one that does not exist is said."""
        yield self._as_it_is()
        if name := asked(request).get("story"):
            try:
                place = named(name)
            except ValueError as problem:
                gr.Warning(str(problem))
            else:
                yield from self.tell(request, now, place)

    def _as_it_is(self) -> dict[Any, Any]:
        """No change. Gradio empties every output of a generator that has nothing to say."""
        return {self._bar.words: gr.skip()}

    def _barred(self, where: tuple[str, int], title: str, words: str) -> dict[Any, Any]:
        kind, place = where
        count = len(TOUR if kind == "tour" else STORIES)
        step = f"The tour, {place + 1} of {count}" if kind == "tour" else f"Story {place + 1} of {count}"
        html = f'<p class="q-soft">{step}</p><h2>{escape(title)}</h2><p>{escape(words)}</p>'
        bar = self._bar
        return {
            bar.room: gr.update(visible=True),
            bar.words: html,
            bar.back: gr.update(visible=place > 0),
            bar.onward: gr.update(visible=place + 1 < count),
            bar.again: gr.update(visible=read(where)[2] is not None),
            bar.where: where,
        }


def _card(title: str, sentence: str, press: str, name: str) -> gr.Button:
    with gr.Column(elem_classes="q-choice", min_width=260):
        gr.HTML(f'<h2>{escape(title)}</h2><p class="q-say">{escape(sentence)}</p>', apply_default_css=False)
        return gr.Button(
            press, size="sm", elem_id=f"q-tell-{name}", variant="primary" if name == "tour" else "secondary"
        )
