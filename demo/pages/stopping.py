"""Stop: a visitor's wish that the run under way ends. The run itself obeys, and so has the last word on the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr


class Stopped(Exception):  # no error: what the visitor wanted
    """Raised where a run notices the wish."""


class Stops:
    """The runs under way of one tab of the page, by visitor."""

    def __init__(self) -> None:
        self._wishes: dict[str, threading.Event] = {}

    @contextmanager
    def run(self, request: gr.Request | None) -> Iterator[threading.Event]:
        """A run of this visitor; the event is set when they want it to end."""
        visitor, wish = _visitor(request), threading.Event()
        self._wishes[visitor] = wish
        try:
            yield wish
        finally:
            if self._wishes.get(visitor) is wish:
                del self._wishes[visitor]

    def under_way(self, request: gr.Request | None) -> bool:
        """Whether this visitor has a run that has not ended."""
        return _visitor(request) in self._wishes

    def is_last(self, request: gr.Request | None, wish: threading.Event) -> bool:
        """Whether this visitor has begun nothing else since."""
        return self._wishes.get(_visitor(request)) is wish

    def want(self, request: gr.Request | None) -> bool:
        """Wishes this visitor's run to end; whether there is one."""
        wish = self._wishes.get(_visitor(request))
        if wish is not None:
            wish.set()
        return wish is not None


STOP, STOPPING = "Stop", "Stopping …"
"""What the button says, and between the press and the end of the iteration under way."""


def pressed(wanted: bool) -> Any:
    """The button after a press, if there is something to stop. It alone says so: an answer to the press may come to the
    browser later than what the run says last."""
    return gr.update(value=STOPPING, interactive=False) if wanted else gr.skip()


def offered(running: bool) -> Any:
    """The button while something runs, and while nothing does."""
    return gr.update(visible=running, value=STOP, interactive=True)


def _visitor(request: Any) -> str:
    return str(getattr(request, "session_hash", ""))


def until(wish: threading.Event, stream: Iterator[Any]) -> Iterator[Any]:
    """The stream, until the wish: then it is closed, and Stopped raised."""
    for item in stream:
        if wish.is_set():
            getattr(stream, "close", lambda: None)()
            raise Stopped
        yield item
