"""The lab's tables in the documentation: all of one or some, what was added since, what was never computed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from demo.lab import kept, summary
from demo.lab.tables import TABLES

KNOWN = [(name, pack) for name, packs in kept.known().items() for pack in packs]
NAME, PACK = KNOWN[0]


@pytest.mark.parametrize(("name", "pack"), KNOWN)
def test_a_kept_table_is_drawn_with_its_command(name: str, pack: str) -> None:
    found = kept.load(name, pack)
    drawn = summary.one(name, pack)
    assert (
        drawn.splitlines()[2:][: len(found.outcome.rows)]
        == [line for line in drawn.splitlines() if line.startswith("| ")][1:]
    )
    assert f"`{found.command}`" in drawn
    assert found.date in drawn


def test_some_rows_and_columns_are_those() -> None:
    outcome = kept.load(NAME, PACK).outcome
    row, column = outcome.rows[-1], outcome.columns[-1]
    heads, rule, only, *_ = summary.one(NAME, PACK, {row}.__contains__, (column,)).splitlines()
    assert (heads.count("|"), rule.count("|")) == (3, 3)
    assert only.startswith(f"| {row} |")
    with pytest.raises(KeyError, match="lacks no such column"):
        summary.one(NAME, PACK, columns=("no such column",))


def test_what_was_added_since_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kept.load(NAME, PACK)
    fewer = replace(found, outcome=replace(found.outcome, rows=found.outcome.rows[1:]))
    monkeypatch.setattr(kept, "load", lambda name, pack: fewer)
    assert f"Not computed yet: {found.outcome.rows[0]}. " in summary.one(NAME, PACK)


def test_what_was_never_computed_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    assert f"`python -m demo.lab {NAME} --pack {PACK} --data" in summary.one(NAME, PACK)


def test_every_table_is_listed() -> None:
    assert all(f"| `{name}` |" in summary.tables() for name in TABLES)
