"""All that was computed and kept, in short: which tables there are, and what became of each paper's claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from demo.lab import kept
from demo.lab.job import Job
from demo.lab.outcome import Outcome
from demo.lab.output import about, grid, number
from demo.lab.scene import Scene
from demo.lab.table import PAPERS, Table
from demo.lab.tables import LACKING, TABLES
from models.packs import PACKS


def tables() -> str:
    """Markdown: every table, whether kept or not."""
    lines = ["| command | paper | what it shows | kept for |", "|---|---|---|---|"]
    known = kept.known()
    for name, table in TABLES.items():
        packs = ", ".join(
            f"{PACKS[pack].title} (n = {kept.load(name, pack).outcome.n})" for pack in known.get(name, [])
        )
        place = f"{PAPERS[table.paper].partition(' (')[0]}, {table.place}"
        lines.append(f"| `{name}` | {place} | {table.title} | {packs or '–'} |")
    lacking = [f"- {PAPERS[paper].partition(' (')[0]}: {words}" for paper, words in LACKING.items()]
    return "\n".join([*lines, "", "Not covered:", "", *lacking])


def claims() -> str:
    """Markdown: every claim of every kept table, beside what came out."""
    lines = [
        "| paper | claim | networks | difference (95 % interval) | n | here | table |",
        "|---|---|---|---:|---:|---|---|",
    ]
    for name, packs in kept.known().items():
        table = TABLES[name]
        for pack in packs:
            for one in kept.load(name, pack).outcome.claims:
                ends = f"{number(table, one.low)} to {number(table, one.high)}"
                gap = f"{number(table, one.gap)}{' points' if table.share else ''} ({ends})"
                kind = "control: " if one.control else ""
                paper = PAPERS[table.paper].partition(" (")[0]
                cells = (paper, kind + one.sentence, PACKS[pack].title, gap, str(one.n), one.verdict, f"`{name}`")
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def one(name: str, pack: str, only: Callable[[str], bool] = bool, columns: Sequence[str | float] = ()) -> str:
    """Markdown: one kept table, or only some of its rows and columns, with how it was counted and its command.

    A sentence where it was never computed; KeyError where it lacks one of the columns.
    """
    table = TABLES[name]
    if pack not in kept.known().get(name, []):
        return f"Not computed yet: `python -m demo.lab {name} --pack {pack} --data DIR_OR_ZIP --save` does."
    found = kept.load(name, pack)
    lacking = set(columns) - set(found.outcome.columns)
    if lacking:
        raise KeyError(f"The kept {name} lacks {', '.join(map(str, lacking))}.")
    shown = replace(
        found.outcome,
        rows=tuple(filter(only, found.outcome.rows)),
        columns=tuple(columns) or found.outcome.columns,
    )
    made = f"Measured {found.date} on {found.device} by `{found.command}`."
    return "\n".join([*grid(table, shown), "", f"{_added(table, found.outcome)}{about(table, shown)} {made}"])


def _added(table: Table, then: Outcome) -> str:
    """What rows the table would have today and had not when it was computed."""
    scene = Scene(then.pack, Job("pictures", {}), then.n, PACKS[then.pack].side, then.epsilon, then.steps)
    lacking = dict.fromkeys(cell.row for cell in table.cells(scene) if cell.row not in then.rows)
    return f"Not computed yet: {'; '.join(lacking)}. " if lacking else ""
