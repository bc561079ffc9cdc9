"""A finished run as it is taken away: the record with its pictures, so that it can be brought back and replayed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.run.events import Finished, Prepared
from demo.run.picture import encode
from demo.run.plan import Plan
from demo.run.record import record


@dataclass(frozen=True)
class Saved:
    """A run that can be taken away, or was brought back.

    previews: of every iteration but the last, as data URLs; None where a long run shows the one before. document: what
    its file holds.
    """

    prepared: Prepared
    finished: Finished
    previews: tuple[str | None, ...]
    document: Mapping[str, Any]

    @property
    def attack(self) -> str:
        return str(self.document["settings"]["attack"])

    def text(self) -> str:
        """The file."""
        return json.dumps(self.document, indent=1, allow_nan=False)


def saved(plan: Plan, prepared: Prepared, finished: Finished, previews: Sequence[str | None]) -> Saved:
    """previews: as `Saved` wants them."""
    look = prepared.look
    replay = {
        "steps": finished.history[-1].steps,
        "seconds": [frame.seconds for frame in finished.history],
        "look": {
            "before": list(look.before),
            "guess": look.guess,
            "sure": look.sure,
            "guesses": [list(guess) for guess in look.guesses],
            "classes": look.classes,
            "device": look.device,
        },
    }
    pictures = {
        "original": base64.b64encode(encode(finished.original)).decode(),
        "adversarial": base64.b64encode(finished.png).decode(),
        "previews": list(previews),
    }
    document = {**record(plan, finished), "replay": replay, "pictures": pictures}
    # Through text and back, so that a run at hand and one that was read hold the same kinds of things.
    return Saved(prepared, finished, tuple(previews), json.loads(json.dumps(document, allow_nan=False)))
