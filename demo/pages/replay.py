"""What replay needs in the browser: every iteration's picture, answers and counters, as data beside the stage."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from PIL import Image

from demo.run.events import Finished, Prepared, Progress
from demo.run.picture import Pixels
from demo.run.verdict import GROUPS, UNCOUNTED, status
from demo.run.why import counts

MOST_PICTURES = 25
"""A long run shows the picture of every second or third iteration only: a browser has to hold them all."""
QUALITY = 82


def preview(pixels: Pixels) -> str:
    """A picture as a small WebP data URL: near enough to look at, and labelled a preview."""
    return _webp(pixels, quality=QUALITY)


def exact(pixels: Pixels) -> str:
    """A picture as a data URL: exactly these pixels, in fewer bytes than a PNG's."""
    return _webp(pixels, lossless=True, method=2, quality=50)  # more effort takes far longer and saves little


def sharp(pixels: Pixels) -> str:
    """As `exact`, quickly written: for noise, of which compression makes a smear."""
    return _webp(pixels, lossless=True, method=0, quality=0)


def _webp(pixels: Pixels, **how: Any) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", **how)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def way(finished: Finished) -> list[str | None]:
    """Previews of every iteration but the last; None where a long run shows the one before."""
    history = finished.history[:-1]
    every = -(-len(history) // MOST_PICTURES) if history else 1
    return [preview(frame.picture) if place % every == 0 else None for place, frame in enumerate(history)]


def data(prepared: Prepared, finished: Finished, previews: Sequence[str | None]) -> str:
    """The frames as JSON in an element that is not shown. The last iteration is the stage itself. previews: `way`'s."""
    shown = zip(finished.history[:-1], previews, strict=True)
    frames = [_frame(frame, prepared, finished, picture) for frame, picture in shown]
    frames_as_text = json.dumps({"frames": frames, "steps": finished.history[-1].steps})
    return f'<div class="q-frames" hidden>{escape(frames_as_text)}</div>'


def _frame(frame: Progress, prepared: Prepared, finished: Finished, picture: str | None) -> dict[str, Any]:
    marks = statuses(frame.answers, prepared)
    return {
        "step": frame.step,
        "picture": picture,
        "answers": {
            name: [answer, f"{chance:.0%}", marks.get(name, "")] for name, (answer, chance) in frame.answers.items()
        },
        "counts": [list(pair) for pair in so_far(frame.answers, prepared, finished).values()],
    }


def statuses(answers: Mapping[str, tuple[str, float]], prepared: Prepared) -> dict[str, str]:
    """How each juror that is asked on the way stands at one iteration."""
    targeted = prepared.target is not None
    before = prepared.look.before
    return {name: status(before[name].answer, answer, prepared.goal, targeted) for name, (answer, _) in answers.items()}


def so_far(
    answers: Mapping[str, tuple[str, float]], prepared: Prepared, finished: Finished | None = None
) -> dict[str, tuple[int, int]]:
    """For each group who has fallen at one iteration, of those that count; who is asked at the end has not, yet."""
    marks = statuses(answers, prepared)
    if finished:
        totals = {group: total for group, (_, total) in counts(finished.findings).items()}
    else:
        totals = {group: _countable(group, prepared) for group in GROUPS}
    fell = {
        group: sum(marks.get(juror.name) == "fooled" for juror in prepared.look.jurors if juror.group == group)
        for group in GROUPS
    }
    return {group: (fell[group], totals[group]) for group in GROUPS}


def _countable(group: str, prepared: Prepared) -> int:
    """Jurors of a group that were right before, or have still to be asked, whatever they will say."""
    targeted, before = prepared.target is not None, prepared.look.before
    members: Sequence[str] = [juror.name for juror in prepared.look.jurors if juror.group == group]
    asked = [before[name].answer for name in members if name in before]
    wrong = sum(status(answer, answer, prepared.goal, targeted) in UNCOUNTED for answer in asked)
    return len(members) - wrong
