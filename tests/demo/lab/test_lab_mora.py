"""MORA's tables against direct computation: what attacks follow, what judges, what is counted."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from small_scene import Done, done, noise

import models
from demo.attacks import craft
from demo.lab.cells import mora as mora_cells
from demo.lab.juries import ballot, fooled_with, standing, toppled
from demo.lab.measures import jury_right, jury_stands
from demo.lab.tables import TABLES
from demo.lab.works import eight_bits
from models.defences import defend, judge
from models.packs import trios

MORA = [name for name, table in TABLES.items() if table.paper == "mora"]
TWO = {"DVERGE": ["trios/dverge-1", "trios/dverge-2"], "GAL": ["trios/gal-1", "trios/gal-2"]}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Juries of two, and two starts in place of five."""
    monkeypatch.setattr(mora_cells, "trios", lambda: TWO)
    monkeypatch.setattr(mora_cells, "SWEEP", (0.5, 0.0))
    monkeypatch.setattr(mora_cells, "STARTS", 2)
    monkeypatch.setattr(mora_cells, "TAUS", (0.1, 1.0))
    monkeypatch.setattr(mora_cells, "STRENGTHS", (1, 4))
    monkeypatch.setattr(mora_cells, "CURVES", (1, 2))


def made(name: str, folder: Path) -> Done:
    return done(TABLES[name], folder, name="trios/dverge-1")


@pytest.mark.slow
@pytest.mark.parametrize("name", MORA)
def test_every_table_in_miniature(small: None, folder: Path, name: str) -> None:
    outcome = made(name, folder).outcome
    assert len(outcome.cells) == len(outcome.rows) * len(outcome.columns) > 0
    assert all(cell.value is None or 0 <= cell.value <= 1 for cell in outcome.cells)
    assert len(outcome.claims) == len(TABLES[name].claimed("trios")) > 0


@pytest.mark.slow
def test_table_1_is_what_stands_after_every_start(small: None, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(mora_cells, "trios", lambda: {"GAL": TWO["GAL"]})
    found = made("mora-1", folder)
    held, members = found.pictures, [models.load(name) for name in TWO["GAL"]]
    pixels, labels = torch.from_numpy(held["pictures"]).float() / 255, torch.from_numpy(held["labels"])

    def left(jury: str, attack: str, start: int, **knobs: float | str) -> np.ndarray:
        moved = craft(attack, members, pixels, labels, epsilon=4 / 255, steps=2, seed=start, **knobs)
        shown = torch.from_numpy(eight_bits(moved, pixels, 4)).float() / 255
        if jury != "voting":
            return (judge(defend(jury, members), shown).top == labels).numpy()
        first, second = ((member(shown).argmax(1) == labels).float() for member in members)
        return ((first + second) / 2).detach().numpy()  # of two who differ, lots decide

    for mode, fusion in mora_cells.FUSIONS.items():
        expected = np.minimum(*(left(mode, "pgd", start, fusion=fusion) for start in range(2)))
        assert found.outcome.cell(f"{mode}: PGD", "GAL").value == pytest.approx(expected.mean())
        expected = np.minimum(left(mode, "mora", 0, mode=mode, beta=0.5), left(mode, "mora", 1, mode=mode, beta=0.0))
        assert found.outcome.cell(f"{mode}: MORA", "GAL").value == pytest.approx(expected.mean())


@pytest.mark.slow
def test_every_attack_follows_the_jury_that_judges_it(small: None, folder: Path) -> None:
    found = made("mora-1", folder)
    for mode, title in product(mora_cells.FUSIONS, mora_cells.FRESH):
        for job in found.jobs(f"{mode}: {title}", "DVERGE"):
            knobs = job.settings["knobs"]
            assert knobs.get("mode", mode) == mode
            if "fusion" in knobs:
                assert knobs["fusion"] == ("logits" if mode == "logits" else "predictions")
        judges = {str(job.settings["classifier"]) for job in found.jobs(f"{mode}: {title}", "DVERGE", "verdict")}
        own = set(TWO["DVERGE"]) if mode == "voting" else {str([mode, {}, TWO["DVERGE"]])}
        assert judges == own


@pytest.mark.slow
def test_the_control_differs_in_its_weights_alone(small: None, folder: Path) -> None:
    found = made("mora-1", folder)
    for mode in mora_cells.FUSIONS:
        rows = [
            [
                {**job.settings, "knobs": {**job.settings["knobs"], "beta": None}}
                for job in found.jobs(f"{mode}: MORA, β = {beta}", "DVERGE")
            ]
            for beta in ("0.5", "0")
        ]
        assert rows[0] == rows[1]


def verdict(*tops: int, silent: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
    return {"top": np.array(tops), "abstains": np.isin(np.arange(len(tops)), silent)}


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "defence"), [("most", "vote"), ("majority", "majority")])
def test_a_ballot_is_what_many_lots_come_to(rule: str, defence: str) -> None:
    members = [models.load(name) for name in trios()["DVERGE"]]
    held = noise(8, "trios/dverge-2")
    pixels = torch.from_numpy(held["pictures"]).float() / 255
    with torch.no_grad():
        single = [verdict(*member(pixels).argmax(1).tolist()) for member in members]
    lots = judge(defend(defence, members), pixels, 200, torch.Generator().manual_seed(0))
    expected = lots.shares[torch.arange(8), torch.from_numpy(held["labels"])]
    np.testing.assert_allclose(ballot(single, held, rule), expected, atol=0.1)


@pytest.mark.parametrize(
    ("tops", "most", "majority"),
    [((0, 0, 1), 1, 1), ((0, 1, 1), 0, 0), ((0, 1, 2), 1 / 3, 1 / 3), ((0, 0, 1, 1, 2), 0.5, 0.4), ((2, 1), 0, 0)],
)
def test_a_ballot_counts_ties_by_the_rule(tops: tuple[int, ...], most: float, majority: float) -> None:
    votes = [verdict(top) for top in tops]
    pictures = {"labels": np.array([0])}
    assert ballot(votes, pictures) == pytest.approx(most)
    assert ballot(votes, pictures, "majority") == pytest.approx(majority)


def test_whoever_abstains_votes_for_nobody() -> None:
    pictures = {"labels": np.array([0])}
    silent = verdict(0, silent=(0,))
    assert ballot([silent, silent, verdict(0)], pictures) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="most, majority"):
        ballot([silent], pictures, "loudest")


def test_standing_needs_every_start() -> None:
    pictures = {"labels": np.array([0, 0, 0])}
    starts = verdict(0, 0, 1), verdict(0, 1, 0)
    assert standing(*starts, pictures).tolist() == [1, 0, 0]
    assert standing(*starts, *starts[:1] * 2, pictures, members=2).tolist() == [1, 0.5, 0]


def test_a_jury_is_toppled_where_it_stood() -> None:
    pictures = {"labels": np.array([0, 0, 0])}
    clean = [verdict(0, 0, 1), verdict(0, 0, 1), verdict(1, 0, 0)]
    after = [verdict(1, 0, 1), verdict(2, 0, 1), verdict(0, 1, 1)]
    np.testing.assert_allclose(toppled(*after, *clean, pictures), [2 / 3, 0, np.nan])


def test_who_is_wrong_where_the_jury_fell() -> None:
    pictures = {"labels": np.array([0, 0, 0])}
    members = [verdict(1, 1, 0), verdict(0, 1, 0), verdict(0, 0, 0)]
    jury, clean = verdict(1, 1, 0), verdict(0, 0, 0)
    found = fooled_with(*members, jury, clean, pictures, count=1, members=3)
    np.testing.assert_array_equal(found, [1, 0, np.nan])
    votes = fooled_with(*members, *members, *[clean] * 3, pictures, count=1, members=3)
    np.testing.assert_array_equal(votes, [np.nan, 0, np.nan])  # two right outvote one


@pytest.mark.parametrize("mode", ["softmax", "voting", "logits"])
def test_what_fell_once_has_fallen(mode: str) -> None:
    logits = np.random.default_rng(0).normal(size=(6, 3, 20, 4)).astype(np.float32)
    crafted, pictures = {"logits": logits}, {"labels": np.arange(20) % 4}
    for step in range(6):
        seen = [jury_right(crafted, pictures, mode=mode, step=one) for one in range(step + 1)]
        np.testing.assert_array_equal(jury_stands(crafted, pictures, mode=mode, step=step), np.min(seen, 0))
