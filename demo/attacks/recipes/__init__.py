"""THE table of attacks: menus, help, tests, the README's table and the API follow from it."""

from __future__ import annotations

from typing import Any

from demo.attacks.recipes import ask, evaluation, gradient, reduce, vote, weigh
from demo.attacks.recipes.recipe import IDEAS, Recipe

__all__ = ["IDEAS", "RECIPES", "Recipe", "recipe"]

_ROWS = (*gradient.ROWS, *evaluation.ROWS, *weigh.ROWS, *vote.ROWS, *reduce.ROWS, *ask.ROWS)

RECIPES: dict[str, Recipe] = {row.name: row for row in _ROWS}


def recipe(name: Any) -> Recipe:
    """The recipe of that name; ValueError lists the names there are."""
    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"Unknown attack {name!r}: use one of {', '.join(RECIPES)}.")
    return RECIPES[name]
