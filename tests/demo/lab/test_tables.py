"""Every table says nothing of what it has not: its cells are told apart, its claims and published figures have some."""

from __future__ import annotations

import pytest

from demo.lab.job import Job
from demo.lab.measures import MEASURES, WORDS
from demo.lab.scene import Scene
from demo.lab.table import Cell, Table
from demo.lab.tables import TABLES
from demo.lab.tables.here import HERE
from models.packs import PACKS

ON_PACKS = [(table, pack) for table in TABLES.values() for pack in table.packs]


def cells(table: Table, pack: str) -> list[Cell]:
    """Without computing any."""
    pictures = Job("pictures", {"sha256": ""})
    return list(table.cells(Scene(pack, pictures, 2, PACKS[pack].side, PACKS[pack].epsilon, table.steps)))


@pytest.mark.parametrize(("table", "pack"), ON_PACKS, ids=lambda one: getattr(one, "name", one))
def test_a_table_says_nothing_of_what_it_has_not(table: Table, pack: str) -> None:
    found = cells(table, pack)
    places = {(cell.row, cell.column) for cell in found}
    assert found
    assert len(places) == len(found)
    assert {cell.measure for cell in found} <= set(MEASURES)
    assert {cell.words for cell in found} <= {"", *WORDS}
    named = {name for place in places for name in place}
    for claim in table.claimed(pack):
        assert {claim.more, claim.less} <= named, claim.sentence
    if pack == "tiny":
        assert {key for key in table.published if isinstance(key, tuple)} <= places


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda one: one.name)
def test_curves_have_numbers(table: Table) -> None:
    assert all(isinstance(cell.column, str) != bool(table.axis) for cell in cells(table, table.packs[0]))


def test_what_came_out_otherwise_is_said_of_tables_that_there_are() -> None:
    assert {(name, pack) for name, packs in HERE.items() for pack in packs} <= {
        (table.name, pack) for table, pack in ON_PACKS
    }
