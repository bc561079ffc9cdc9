"""All that was computed and kept, in short: which tables there are, and what became of each paper's claims."""

from __future__ import annotations

from demo.lab import kept
from demo.lab.output import grid, number
from demo.lab.table import PAPERS
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


def one(name: str, pack: str) -> str:
    """Markdown: one kept table, with its command."""
    found = kept.load(name, pack)
    lines = grid(TABLES[name], found.outcome)
    return "\n".join([*lines, "", f"Measured {found.date} on {found.device} by `{found.command}`."])
