"""A guess before the run: how far will the change travel? The verdict answers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from demo.run.events import Finished
from demo.run.verdict import Finding
from demo.run.why import counts

GUESSES = {
    "nobody": "Nobody",
    "surrogate": "Only whom it looks into",
    "held-out": "Someone who only watches",
    "defended": "Even a defended one",
}
"""How far it goes, by the group that falls last: each is more than the one before."""


def outcome(findings: Sequence[Finding]) -> str:
    """The last group of which somebody fell, or nobody."""
    fell = [group for group, (number, _) in counts(findings).items() if number]
    return max(fell, key=list(GUESSES).index, default="nobody")


def answered(guess: Any, finished: Finished) -> str:
    """What came of the guess, in a sentence; nothing where nobody guessed."""
    if guess not in GUESSES:
        return ""
    came = outcome(finished.findings)
    if guess == came:
        return f"You guessed right: {GUESSES[came].lower()}."
    return f"You guessed “{GUESSES[guess].lower()}”; it was {GUESSES[came].lower()}."
