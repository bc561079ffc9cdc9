"""Runs that have ended and are saved."""

from __future__ import annotations

from typing import Any

from demo.pages import replay
from demo.run.events import Finished, Prepared
from demo.run.request import Request
from demo.run.saved import Saved, saved
from demo.run.session import run


def ran(picture: str, **asked: Any) -> Saved:
    """A short run with one network that watches and one guard."""
    plan = Request(picture, **{"iterations": 3, "held_out": ["tiny/xcit"], "guards": {"jpeg": {}}, **asked}).plan()
    events = list(run(plan))
    (prepared,) = (event for event in events if isinstance(event, Prepared))
    finished = events[-1]
    assert isinstance(finished, Finished)
    return saved(plan, prepared, finished, replay.way(finished))
