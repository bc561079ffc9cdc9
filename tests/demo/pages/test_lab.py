"""The Lab tab: numbers that open their attack, claims and what became of them, tables on one's own pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from demo.lab import kept
from demo.lab.claims import Ruling
from demo.lab.outcome import Outcome, Shown
from demo.lab.tables import TABLES
from demo.pages import lab, tryout
from demo.pages.cells import settings
from demo.pages.ledger import grid, sheet
from demo.run.link import wanted

TABLE = TABLES["svre-1"]
RUN = {
    "attack": "svre",
    "surrogates": ["tiny/resnet", "tiny/xcit"],
    "epsilon": 8.0,
    "steps": 7,
    "step": 2.0,
    "targeted": False,
    "seed": 3,
    "knobs": {"inner_steps": 0},
    "asked": "tiny/regnet",
}


def outcome(**changes: object) -> Outcome:
    cells = (
        Shown("SVRE", "RegNet", 0.75, 0.6, 0.9, 20, 0.8, RUN),
        Shown("SVRE", "<GoogLeNet>", None, None, None, 0, None, None),
    )
    claims = tuple(
        Ruling("It pays.", "SVRE", "M = 0", True, 0.1, 0.01, 0.2, 0.04, 20, verdict)
        for verdict in ("holds", "does not hold", "open")
    )
    usual = {
        "table": TABLE.name,
        "pack": "tiny",
        "n": 20,
        "epsilon": 12.0,
        "steps": 10,
        "seed": 0,
        "rows": ("SVRE",),
        "columns": ("RegNet", "<GoogLeNet>"),
        "cells": cells,
        "published": {"SVRE": 0.9},
        "claims": claims,
    }
    return Outcome(**{**usual, **changes})


def test_a_number_opens_the_attack_that_it_came_from() -> None:
    (link,) = re.findall(r'href="\?([^"]+)"', grid(TABLE, outcome()))
    asked = wanted(dict(parse_qsl(link.replace("&amp;", "&"))))
    told = {name: asked[name] for name in ("attack", "epsilon", "iterations", "step_size", "seed", "knobs", "pack")}
    assert told == {
        "attack": "svre",
        "epsilon": 8,
        "iterations": 7,
        "step_size": 2,
        "seed": 3,
        "knobs": {"inner_steps": 0},
        "pack": "tiny",
    }
    assert asked["surrogates"] == RUN["surrogates"]
    assert asked["held_out"] == ["tiny/regnet"]


@pytest.mark.parametrize(
    ("change", "guards"),
    [
        ({"asked": ["jpeg", {"quality": 50}, ["tiny/regnet"]]}, {"jpeg": {"quality": 50}}),
        ({"asked": ["softmax", {}, ["tiny/regnet", "tiny/convnext"]]}, None),
        ({"epsilon": 0.5}, None),
        ({"steps": 500}, None),
    ],
)
def test_what_the_page_has_no_run_for_is_no_link(change: dict[str, object], guards: dict[str, object] | None) -> None:
    found = settings({**RUN, **change}, "tiny")
    assert (found and found["guards"]) == guards


def test_an_attack_that_nobody_was_asked_about_is_a_link_too() -> None:
    found = settings({**RUN, "asked": None}, "tiny")
    assert found is not None
    assert "held_out" not in found


@pytest.mark.parametrize(
    ("seat", "name"),
    [
        (["vote", {}, ["tiny/resnet", "tiny/xcit"]], "tiny/resnet&tiny/xcit+vote"),
        (["quantise-weights", {"bits": 3}, ["tiny/resnet"]], "tiny/resnet+quantise-weights:bits=3"),
        (["averaged", {}, [["sem", {}, ["tiny/resnet", "tiny/xcit"]]]], None),
    ],
)
def test_an_attacked_defence_is_a_link_where_the_page_has_a_name_for_it(seat: list[object], name: str | None) -> None:
    found = settings({**RUN, "surrogates": [seat], "attack": "mi-fgsm", "knobs": {}}, "tiny")
    assert (found and found["surrogates"]) == (name and [name])


def test_a_table_says_what_became_of_its_claims_and_what_is_unknown() -> None:
    drawn = sheet(TABLE, outcome())
    for words in ("✓ holds", "✗ does not hold here", "? too few pictures to tell", "Control at equal settings"):
        assert words in drawn
    assert "&lt;GoogLeNet&gt;" in drawn
    assert "<GoogLeNet>" not in drawn
    assert "paper 80.0" in drawn
    assert "in the paper" in drawn


def test_many_claims_are_counted_first() -> None:
    few = outcome()
    assert "<details" not in sheet(TABLE, few)
    many = sheet(TABLE, replace(few, claims=few.claims * 3))
    assert f"<summary>{3 * len(few.claims)} claims and controls · ✓ 3 hold · ✗ 3 not here · ? 3 open" in many


@pytest.mark.parametrize(("table", "pack"), [("nothing", "tiny"), (None, None), (TABLE.name, "nothing"), ([], {})])
def test_a_client_may_ask_for_any_table(table: object, pack: object) -> None:
    assert "no such table" in lab.shown(table, pack)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(kept.known()))
def test_every_kept_table_is_drawn(name: str) -> None:
    for pack in kept.known()[name]:
        found = kept.load(name, pack)
        assert found.outcome.table == name
        drawn = lab.shown(name, pack)
        assert all(row.split("<")[0] in drawn for row in found.outcome.rows[:1])
        assert found.date in drawn


def test_a_table_needs_a_picture(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Choose pictures first"):
        list(tryout.worked(TABLE, "tiny", [], [], tmp_path))


@pytest.mark.slow
def test_ones_own_pictures(tmp_path: Path, lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out: list[str] = []
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    monkeypatch.setattr(tryout, "SECONDS", 0)  # what is known when the time is over
    files = [("lion.png", lion), ("broken.png", str(broken))]
    *_, last = tryout.worked(TABLE, "tiny", files, left_out, tmp_path)
    assert isinstance(last, Outcome)
    assert last.n == 1
    assert len(left_out) == 1
    assert left_out[0].startswith("broken.png: ")


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Outcome], None]:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    return lambda one: (kept.save(one, "python -m demo.lab svre-1 --data DATA", "a processor"), None)[1]


def test_what_is_kept_is_read_again(keep: Callable[[Outcome], None]) -> None:
    keep(outcome())
    assert kept.known() == {TABLE.name: ["tiny"]}
    kept.load.cache_clear()
    assert kept.load(TABLE.name, "tiny").outcome == outcome()
    kept.load.cache_clear()
