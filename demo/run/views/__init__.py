"""Why a run ended as it did: each view takes a finished run and computes, when asked, what it has to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.views.carried import Carried, carried
from demo.run.views.gaze import Gaze, gazes
from demo.run.views.knob import turned
from demo.run.views.plane import surveyed
from demo.run.views.transfer import live
from demo.run.views.ways import ways


@dataclass(frozen=True)
class View:
    """title, sentence: its name, and what to look for. by_step: whether it follows the iteration.

    look: from the run, its jury and the iteration to what is to be drawn, first coarse and then whole.
    """

    title: str
    sentence: str
    look: Callable[[Kept, Jury, int], Iterator[Any]]
    by_step: bool = False


def _ways(kept: Kept, jury: Jury, step: int) -> Iterator[Any]:
    yield ways(kept, jury, step)


def _gazes(kept: Kept, jury: Jury, step: int) -> Iterator[tuple[int, list[Gaze]]]:
    found: list[Gaze] = []
    for one in gazes(kept, jury, step):
        found.append(one)
        yield kept.frame(step).step, list(found)


def _carried(kept: Kept, jury: Jury, step: int) -> Iterator[list[Carried]]:
    parts: list[Carried] = []
    for part in carried(kept, jury):
        parts.append(part)
        yield list(parts)


VIEWS = {
    "gaze": View(
        "Where they look",
        "Bright is what speaks for a network’s answer. Networks look at different things, so what blinds one need not "
        "blind the next.",
        _gazes,
        by_step=True,
    ),
    "ways": View(
        "Which way is up",
        "Each network has its own idea of how the picture should change. Where they agree, one step fools all.",
        _ways,
        by_step=True,
    ),
    "plane": View(
        "The map",
        "Go right, and everybody soon says something else; go as far up, by random noise, and hardly anybody does.",
        lambda kept, jury, step: surveyed(kept, jury),
    ),
    "knob": View(
        "Turn the knob",
        "The more an attack may change, the more networks fall; noise of the same strength hardly moves them.",
        lambda kept, jury, step: turned(kept, jury),
    ),
    "time": View(
        "Give it time",
        "More steps, the same strength: the attacked soon fall; whoever only watches may take longer, or hold.",
        lambda kept, jury, step: turned(kept, jury, "iterations"),
    ),
    "carried": View(
        "What carries it",
        "How little of the change is enough? A few strong waves often do what a few strong pixels cannot.",
        _carried,
    ),
    "transfer": View(
        "Who fools whom",
        "What is made on one network may fool another, and it need not work the other way round.",
        lambda kept, jury, step: live(kept, jury),
    ),
}
"""Name -> view, in the order of the page."""
