"""Finished runs, made once for all that looks into one."""

import pytest
from saving import ran

from demo.run.events import Finished, Prepared
from demo.run.jury import Jury, arrived
from demo.run.kept import Kept
from demo.run.request import Request
from demo.run.saved import Saved
from demo.run.session import run


@pytest.fixture(scope="session")
def kept(lion: str) -> Kept:
    """Two surrogates, one held-out network, and guards of each kind: a fixed one, one that draws, and a vote."""
    guards = {"jpeg": {}, "random-resize-pad": {}, "vote": {}}
    surrogates = ["tiny/resnet", "tiny/densenet"]
    plan = Request(lion, surrogates, epsilon=8, iterations=4, held_out=["tiny/regnet"], guards=guards, draws=5).plan()
    events = list(run(plan))
    (prepared,) = (event for event in events if isinstance(event, Prepared))
    assert isinstance(events[-1], Finished)
    return Kept(plan, prepared, events[-1])


@pytest.fixture(scope="session")
def jury(kept: Kept) -> Jury:
    return arrived(kept.plan.roster, "cpu")


@pytest.fixture(scope="session")
def whole(lion: str) -> Saved:
    return ran(lion)
