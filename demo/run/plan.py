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

    @property
    def recipe(self) -> Recipe:
        return RECIPES[self.attack]

    @property
    def steps(self) -> int:
        """The iterations that the attack will take: some fix their number."""
        return self.recipe.steps or self.iterations

    @property
    def surrogates(self) -> int:
        """How many networks are attacked."""
        return sum(entry.juror.group == "surrogate" for entry in self.roster)
