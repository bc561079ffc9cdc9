"""How fast training goes and how long it will still take."""

from __future__ import annotations

import time

REPORT_EVERY = 20.0  # seconds


class Pace:
    """Counts pictures, for the rate, and pixels, for the time left, since epochs differ in size.

    before: the pixels of earlier runs of the same training. total: those of the whole training.
    """

    def __init__(self, before: int, total: int) -> None:
        self._left = total - before
        self._done = self._pictures = 0
        self._began = self._reported = time.monotonic()

    def add(self, pictures: int, pixels: int) -> None:
        self._pictures += pictures
        self._done += pixels

    def is_due(self) -> bool:
        """True once every `REPORT_EVERY` seconds."""
        now = time.monotonic()
        if now - self._reported < REPORT_EVERY:
            return False
        self._reported = now
        return True

    def summary(self) -> str:
        seconds = max(time.monotonic() - self._began, 1e-9)
        minutes = seconds / max(self._done, 1) * (self._left - self._done) / 60
        return f"{self._pictures / seconds:.0f} pictures/s · {minutes:.0f} min left"
