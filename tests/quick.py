"""A run where who else is on the jury is beside the point: what it is asked for, and its end."""

from typing import Any

from demo.run.events import Finished
from demo.run.request import Request
from demo.run.session import run

FEW: dict[str, Any] = {"held_out": ["tiny/regnet"], "guards": {}}
"""One network that watches."""


def end(request: Request) -> Finished:
    """What a run ends with."""
    *_, last = run(request.plan())
    assert isinstance(last, Finished)
    return last
