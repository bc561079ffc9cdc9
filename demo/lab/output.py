"""A finished table in words: for the terminal, a spreadsheet, a paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from demo.lab.claims import Ruling
from demo.lab.outcome import Outcome, Shown
from demo.lab.table import PAPERS, Table

UNKNOWN = "–"


def text(table: Table, outcome: Outcome) -> str:
    """Markdown that a terminal can show: the table, its claims, what it was measured on."""
    lines = [
        f"{PAPERS[table.paper]}, {table.place}: {table.title}",
        "",
        *grid(table, outcome),
        "",
        about(table, outcome),
    ]
    if outcome.claims:
        lines += ["", *(f"- {claimed(table, one)}" for one in outcome.claims)]
    if outcome.pack in table.here:
        lines += ["", table.here[outcome.pack]]
    return "\n".join(lines)


def grid(table: Table, outcome: Outcome, cell: Callable[[Table, Shown], str] | None = None) -> list[str]:
    """The lines of a Markdown table."""
    written = cell or _cell
    heads = [
        f"{table.heads[0]} \\ {table.heads[1]}",
        *map(head, outcome.columns),
        *(["paper"] * bool(outcome.published)),
    ]
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for row in outcome.rows:
        found = [outcome.cell(row, column) for column in outcome.columns]
        cells = [UNKNOWN if one is None else written(table, one) for one in found]
        if outcome.published:
            cells.append(number(table, outcome.published.get(row)))
        lines.append(f"| {' | '.join([row, *cells])} |")
    return lines


def head(column: str | float) -> str:
    return column if isinstance(column, str) else f"{column:g}"


def number(table: Table, value: float | None) -> str:
    """In the table's units: a share of 1 in %."""
    if value is None:
        return UNKNOWN
    return (f"{100 * value:.1f}" if table.share else f"{value:.2f}").replace("-", "−")


def _cell(table: Table, shown: Shown) -> str:
    if shown.value is None:
        return UNKNOWN
    if shown.column in table.counts:
        return f"{shown.value:.0f}"
    said = f"{shown.words} " if shown.words else ""
    ends = f" ({number(table, shown.low)}–{number(table, shown.high)})" if shown.low is not None else ""
    paper = f" [{number(table, shown.published)}]" if shown.published is not None else ""
    return f"{said}{number(table, shown.value)}{ends}{paper}"


def about(table: Table, outcome: Outcome) -> str:
    """What was counted, at what settings."""
    unit = "shares in %" if table.share else "means"
    names = ", ".join(table.rightly(outcome.pack))
    counted = f"pictures that {names} name rightly" if names else "pictures, all of them"
    paper = f" Beside them the paper's own, {table.published_on}." if table.published_on else ""
    return (
        f"{outcome.n} {counted}; epsilon {outcome.epsilon:g}/255, {outcome.steps} steps, seed {outcome.seed}; "
        f"{unit} with 95 % intervals.{paper} {table.sentence}"
    )


def claimed(table: Table, one: Ruling) -> str:
    """A claim and what became of it."""
    if one.gap is None:
        return f"{one.sentence} No picture tells."
    unit = "points" if table.share else ""
    ends = f"{number(table, one.low)} to {number(table, one.high)}"
    kind = "Control" if one.control else "Claim"
    return (
        f"{kind}: {one.sentence} {one.verdict.capitalize()}: {head(one.more)} − {head(one.less)} = "
        f"{number(table, one.gap)} {unit} ({ends}; p = {one.p:.2g}, n = {one.n})."
    )


def spreadsheet(outcome: Outcome) -> str:
    """CSV, a line a cell."""
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n")
    write.writerow(["row", "column", "value", "low", "high", "n", "published", "words"])
    for one in outcome.cells:
        write.writerow([one.row, head(one.column), one.value, one.low, one.high, one.n, one.published, one.words])
    return file.getvalue()


def latex(table: Table, outcome: Outcome) -> str:
    """A booktabs table."""
    heads = [table.heads[0], *map(head, outcome.columns)]
    rows = [
        [row, *(_latex_cell(table, outcome.cell(row, column)) for column in outcome.columns)] for row in outcome.rows
    ]
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_escaped(table.title)}. {_escaped(about(table, outcome))}}}",
            rf"\begin{{tabular}}{{l{'r' * len(outcome.columns)}}}",
            r"\toprule",
            _line(heads),
            r"\midrule",
            *(_line(row, first_only=True) for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _latex_cell(table: Table, shown: Shown | None) -> str:
    if shown is None or shown.value is None:
        return "--"
    if shown.column in table.counts:
        return f"{shown.value:.0f}"
    said = f"{_escaped(shown.words)} " if shown.words else ""
    if shown.low is None:
        return f"{said}{number(table, shown.value)}"
    return rf"{said}${number(table, shown.value)}_{{{number(table, shown.low)}}}^{{{number(table, shown.high)}}}$"


def _line(cells: Sequence[str], first_only: bool = False) -> str:
    written = [_escaped(one) if place == 0 or not first_only else one for place, one in enumerate(cells)]
    return " & ".join(written) + r" \\"


def _escaped(words: str) -> str:
    for sign in "&%$#_{}":
        words = words.replace(sign, f"\\{sign}")
    return words.replace("ε", r"$\epsilon$").replace("–", "--").replace("−", "$-$")
