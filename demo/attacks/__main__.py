"""`python -m demo.attacks`: the table of attacks as README shows it."""

from __future__ import annotations

import sys

from demo.attacks.knobs import Knob
from demo.attacks.recipes import IDEAS, RECIPES


def table() -> list[str]:
    """One Markdown row an attack: name, idea, what it does, its own knobs with their defaults, paper."""
    lines = ["| name | idea | what it does | knobs (default) | paper |", "|---|---|---|---|---|"]
    for name, recipe in RECIPES.items():
        knobs = ", ".join(f"`{knob.name}` ({_word(knob)})" for knob in recipe.knobs)
        lines.append(
            f"| `{name}` | {IDEAS[recipe.idea]} | {recipe.title}: {recipe.sentence} | {knobs} | "
            f"[{recipe.paper}]({recipe.link}) |"
        )
    return lines


def _word(knob: Knob) -> str:
    if knob.default is None:
        return "its own"
    if isinstance(knob.default, tuple):
        return " ".join(knob.default) or "none"
    return str(knob.default)


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(), ""]))
