"""A request once it has been checked: what every later room takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.attacks.recipes import RECIPES, Recipe
from demo.run.picture import Pixels
from demo.run.roster import Entry


@dataclass(frozen=True)
class Plan:
    """One run, ready. Plain data, so that it can go to another process.

    attack, knobs: the recipe and its settled knobs. original: the picture on its canvas. roster: who is on the jury,
    nobody loaded yet. labels: the pack's class names, by logit. label: the class under attack, None where the
    surrogates are to say, if their mean probability is `sure` or more; target: the wanted one. epsilon, step_size: in
    levels of 255. draws: looks by those that answer at random. settings: what was asked, by name, for the record.
    notes: sentences on what was asked and cannot be so.
    """

    attack: str
    knobs: Mapping[str, Any]
    original: Pixels
    roster: tuple[Entry, ...]
    labels: tuple[str, ...]
    label: str | None
    target: str | None
    epsilon: float
    sure: float
    iterations: int
    step_size: float | None
    seed: int
    draws: int
    device: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def recipe(self) -> Recipe:
        return RECIPES[self.attack]

    @property
    def steps(self) -> int:
        """The iterations that the attack will take: some fix their number."""
        return self.recipe.steps or self.iterations

    @property
    def surrogates(self) -> int:
        """How many surrogates are attacked."""
        return len(self._attacked)

    @property
    def passes(self) -> float:
        """How many passes through one network a surrogate's answer takes, on average and at most."""
        return sum(entry.passes for entry in self._attacked) / len(self._attacked)

    @property
    def _attacked(self) -> list[Entry]:
        return [entry for entry in self.roster if entry.juror.group == "surrogate"]
