"""`python -m models.defences`: the table of defences as Markdown, for README."""

from __future__ import annotations

import sys

from models.defences import DEFENCES, Defence, Parameter


def row(defence: Defence) -> str:
    """One line of the table."""
    chance = ", random" if defence.random and defence.gradient != "random" else ""
    settings = ", ".join(setting(parameter) for parameter in defence.parameters)
    members = "a list" if defence.several else "one"
    return (
        f"| `{defence.name}` | {defence.title}: {defence.sentence} | {members} | {defence.gradient}{chance} "
        f"| {settings} | [{defence.paper}]({defence.link}) |"
    )


def setting(parameter: Parameter) -> str:
    """A parameter with its default and its limits."""
    default = parameter.default
    if parameter.several:
        shown = "none" if default is None else " ".join(f"{value:g}" for value in default)  # type: ignore[union-attr]
    else:
        shown = f"{default:g}"
    return f"{parameter.name} {shown} ({parameter.low:g}–{parameter.high:g})"


def table() -> str:
    """All rows, in the table's order."""
    head = (
        "| name | what it does | takes | gradient | parameters: default (limits) | paper |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *map(row, DEFENCES.values())])


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
