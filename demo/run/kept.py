"""What stays of a run, to be looked into afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from demo.run.events import Finished, Prepared, Progress
from demo.run.plan import Plan


@dataclass(frozen=True)
class Kept:
    """A finished run with its plan."""

    plan: Plan
    prepared: Prepared
    finished: Finished

    def frame(self, step: int) -> Progress:
        """The iteration of that number, or the last."""
        return self.finished.history[max(0, min(step, len(self.finished.history) - 1))]
