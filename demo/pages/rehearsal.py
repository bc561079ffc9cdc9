"""`python app.py --check`: everything that a talk shows, once, with timings, before anybody looks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from demo.pages import examples
from demo.run.device import best
from demo.run.events import Finished, Prepared
from demo.run.jury import arrived
from demo.run.kept import Kept
from demo.run.session import run
from demo.run.stories import STORIES, Story
from demo.run.views import VIEWS
from models import WeightsError


def rehearsed(folder: Path, address: str, warm: Callable[[], None]) -> Iterator[tuple[bool, str]]:
    """Whether each thing worked, in a line with its seconds.

    folder: where the examples are written. address: the page's. warm: loads the networks.
    """
    yield _timed("networks", partial(_loaded, warm))
    yield _timed("page", partial(_answered, address))
    pictures = dict(examples.write(folder))
    for story in STORIES.values():
        yield _timed(story.title, partial(_told, story, pictures[story.picture]))


def _loaded(warm: Callable[[], None]) -> str:
    warm()
    return "loaded"


def _answered(address: str) -> str:
    with urlopen(address, timeout=30) as page:
        return f"answers at {address}, {len(page.read()) / 1000:.0f} kB"


def _told(story: Story, picture: str) -> str:
    """The story's verdict, once its view of *See why* has been drawn too, if it has one."""
    plan = story.request(picture, best()).plan()
    events = list(run(plan))
    prepared, finished = next((e for e in events if isinstance(e, Prepared)), None), events[-1]
    if prepared is None or not isinstance(finished, Finished):
        raise ValueError(f"the jury does not know the picture {story.picture}")
    if story.view:
        kept = Kept(plan, prepared, finished)
        deque(VIEWS[story.view].look(kept, arrived(plan.roster, plan.device), plan.steps), maxlen=0)
    return finished.sentence


def _timed(what: str, work: Callable[[], str]) -> tuple[bool, str]:
    began = time.perf_counter()
    try:
        said, well = work(), True
    except (ValueError, OSError, WeightsError) as problem:  # what a speaker can mend: said, and the next thing is tried
        said, well = str(problem), False
    return well, f"{'  ok' if well else 'FAIL'} {time.perf_counter() - began:6.1f} s  {what}: {said}"
