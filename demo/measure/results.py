"""Measured tables as data: what a command printed, when, where and with what, kept beside the code."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from demo import __version__

FOLDER = Path(__file__).parent / "results"
LIBRARIES = ("torch", "torchvision", "timm")
UNMEASURED = "not measured yet"


@dataclass(frozen=True)
class Result:
    """One measured table. rows: cells by column, as printed; note: what was counted, and by which command.

    command: without the data's path. date: ISO. What is not known of an older table is None.
    """

    command: str
    date: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    note: str
    version: str | None = None
    device: str | None = None
    versions: dict[str, str] | None = None


def parse(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[dict[str, str], ...], str]:
    """Columns, rows and the words around them, from the lines of one printed Markdown table; ValueError without one."""
    printed = [line for text in lines for line in text.splitlines()]
    cells = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in printed if line.startswith("|")]
    if not cells:
        raise ValueError("There is no table to keep: run it without --save.")
    columns, rows = tuple(cells[0]), cells[2:]
    words = " ".join(line.strip() for line in printed if line.strip() and not line.startswith("|"))
    return columns, tuple(dict(zip(columns, row, strict=True)) for row in rows), words


def save(name: str, command: str, lines: Sequence[str], device: str) -> Path:
    """Keeps what a command printed under that name; gives the file's path."""
    columns, rows, note = parse(lines)
    versions = {"python": platform.python_version(), **{library: metadata.version(library) for library in LIBRARIES}}
    today = datetime.now(UTC).date().isoformat()
    return write(name, Result(command, today, columns, rows, note, __version__, device, versions))


def write(name: str, result: Result) -> Path:
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n")
    return path


def load(name: str) -> Result:
    """The table of that name; FileNotFoundError where it was never measured."""
    held = json.loads((FOLDER / f"{name}.json").read_text())
    return Result(**{**held, "columns": tuple(held["columns"]), "rows": tuple(held["rows"])})


def markdown(result: Result) -> str:
    """The table as Markdown, with its note and command."""
    lines = [f"| {' | '.join(result.columns)} |", "|---" * len(result.columns) + "|"]
    lines += [f"| {' | '.join(row.get(column, '') for column in result.columns)} |" for row in result.rows]
    where = f" on {result.device}" if result.device else ""
    return "\n".join([*lines, "", f"{result.note} Measured {result.date}{where} by `{result.command}`.".strip()])
