"""`python -m models.defences`: the table of defences as Markdown, for README."""

from __future__ import annotations

import sys

from models.defences import DEFENCES, Defence, Knob


def row(defence: Defence) -> str:
    """One line of the table."""
    chance = ", random" if defence.random and defence.gradient != "random" else ""
    settings = ", ".join(setting(knob) for knob in defence.knobs)
    members = "a list" if defence.several else "one"
    return (
        f"| `{defence.name}` | {defence.title}: {defence.sentence} | {members} | {defence.gradient}{chance} "
        f"| {settings} | [{defence.paper}]({defence.link}) |"
    )


def setting(knob: Knob) -> str:
    """A knob with its default and its limits."""
    values = knob.default if isinstance(knob.default, tuple) else (knob.default,)
    shown = " ".join("none" if value is None else f"{value:g}" for value in values)
    return f"{knob.name} {shown} ({knob.low:g}–{knob.high:g})"


def table() -> str:
    """All rows, in the table's order."""
    head = (
        "| name | what it does | takes | gradient | parameters: default (limits) | paper |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *map(row, DEFENCES.values())])


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
