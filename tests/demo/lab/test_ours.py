"""Our own tables: the leaderboard, the number and kind of jurors, the price list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from bench import WITNESS, Bench, same

import models
from demo.attacks import RECIPES, craft
from demo.lab import claims, output
from demo.lab.outcome import Shown
from demo.lab.scene import Scene
from demo.lab.seats import seated
from demo.lab.table import Claim
from demo.lab.tables import jurors, leaderboard, ours, prices
from models.catalog import CARDS
from models.defences import DEFENCES, judge

TABLES = {table.name: table for table in ours.TABLES}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def ten(bench: Bench) -> Scene:
    """The same with the steps that tables have."""
    return replace(bench.scene, steps=10)


@pytest.mark.parametrize("name", TABLES)
def test_every_claim_has_its_cells(ten: Scene, name: str) -> None:
    cells = {(cell.row, cell.column) for cell in TABLES[name].cells(ten)}
    columns = {column for _, column in cells}
    for claim in TABLES[name].claimed("tiny"):
        for row, chosen in ((claim.more, claim.columns), (claim.less, claim.against or claim.columns)):
            assert {(row, column) for column in chosen or columns} & cells, claim


def test_a_cell_is_the_attack_done_by_hand(bench: Bench) -> None:
    cells = leaderboard._cells(bench.scene, lambda scene: [("short", scene.craft("mi-fgsm", [WITNESS], step=2.0))])
    chosen = [cell for cell in cells if cell.row == "short" and cell.column in ("MobileNet", "gradients")]
    fooled, gradients = bench.samples(chosen)
    made = craft(
        "mi-fgsm", [models.load(WITNESS)], bench.images, bench.labels, epsilon=8 / 255, step_size=2 / 255, steps=2
    )
    said = models.load("tiny/mobilenet")((made * 255).round() / 255).argmax(1)
    same(fooled, said != bench.labels)
    same(gradients, torch.full((3,), 2.0))


def test_a_mean_over_networks_is_that_of_each_alone(bench: Bench) -> None:
    cells = {cell.column: cell for cell in leaderboard._cells(bench.scene, lambda scene: [])}
    alone = [cells[CARDS[name].title] for name in bench.scene.held_out if CARDS[name].role == "robust"]
    mean, *each = bench.samples([cells[leaderboard.HARDENED], *alone])
    np.testing.assert_allclose(mean, np.mean(each, 0))


def test_equal_means_equal(ten: Scene) -> None:
    for title, job in leaderboard.equal(ten):
        told = job.settings
        assert told["steps"] == 10
        assert told["step"] == (8.0 if told["attack"] == "fgsm" else 0.8), title
        assert not told["knobs"].get("random_start"), title
        assert {told["knobs"].get("fusion", "logits"), told["knobs"].get("mode", "logits")} == {"logits"}, title


def test_gradients_are_spent_up_to_the_same_budget(ten: Scene) -> None:
    spent = {}
    for title, job in leaderboard.equal(ten, leaderboard.afforded):
        each = leaderboard.gradients(job.settings["attack"], 3, **_hashable(job.settings["knobs"]))
        spent[title] = job.settings["steps"] * each
    del spent["FGSM"]
    most = spent["SVRE"]
    assert max(spent.values()) <= most
    assert min(spent.values()) > 0.8 * most, spent


def _hashable(knobs: dict[str, object]) -> dict[str, object]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in knobs.items()}


@pytest.mark.parametrize("attack", ["svre", "adaea", "a-gd", "cwa"])
def test_toys_cost_as_much_as_networks(bench: Bench, attack: str) -> None:
    job = bench.scene.craft(attack, [WITNESS, "tiny/resnet-noise-0.12"], epsilon=0.01, steps=1)
    (cell,) = (
        cell for cell in leaderboard._cells(bench.scene, lambda scene: [("one", job)]) if cell.column == "gradients"
    )
    assert bench.samples([cell])[0][0] == leaderboard.gradients(attack, 2)


def test_a_new_attack_is_a_new_row(ten: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {title for title, _ in leaderboard.own(ten)}
    monkeypatch.setitem(RECIPES, "twin", replace(RECIPES["pgd"], name="twin", title="Twin"))
    assert {title for title, _ in leaderboard.own(ten)} - before == {"Twin · step 0.25 ε, random start"}


def test_attacks_that_only_ask_have_a_table_of_their_own(ten: Scene) -> None:
    asking = {job.settings["attack"] for _, job in leaderboard.own(ten, asking=True)}
    assert asking == {name for name, row in RECIPES.items() if row.idea == "ask"}
    assert not asking & {job.settings["attack"] for _, job in leaderboard.own(ten)}


def test_whoever_is_asked_is_never_attacked(ten: Scene) -> None:
    for name in ("jurors", "jurors-alike"):
        for cell in TABLES[name].cells(ten):
            for job in cell.jobs:
                crafted = job.needs[0]
                assert job.settings["classifier"] not in crafted.networks


def test_juries_of_a_size_weigh_all_alike_and_spend_alike(ten: Scene) -> None:
    assert len(jurors.attacked("tiny")) == 8
    assert [len(jury) for number in jurors.NUMBERS for jury in jurors.juries("tiny", number)] == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        6,
        6,
        8,
    ]
    assert {*jurors.juries("tiny", 4)[0], *jurors.juries("tiny", 4)[1]} == set(jurors.attacked("tiny"))
    for cell in TABLES["jurors"].cells(ten):
        if "gradients" in cell.row:
            told = cell.jobs[0].needs[0].settings
            assert 0.9 * 80 <= told["steps"] * len(told["surrogates"]) <= 80


def test_a_price_is_what_the_defended_one_says(bench: Bench) -> None:
    (price,) = (cell for cell in prices._cells(bench.scene) if (cell.row, cell.column) == ("Fewer shades", "clean"))
    found = bench.samples([price])[0]
    said = judge(seated(prices.rows("tiny")["Fewer shades"], models.load), bench.images)
    same(found, (said.top == bench.labels).double())


def test_every_defence_has_its_price_and_a_new_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {row.title for row in DEFENCES.values()} <= prices.rows("tiny").keys()
    monkeypatch.setitem(DEFENCES, "twin", replace(DEFENCES["jpeg"], name="twin", title="Twin"))
    assert prices.rows("imagenet")["Twin"][0] == "twin"


def test_what_attacks_come_from_is_in_no_defence() -> None:
    attacked, _ = prices.sides("tiny")
    for title, seat in prices.rows("tiny").items():
        members = [seat] if isinstance(seat, str) else seat[2]
        assert not set(attacked) & set(members), title


def test_counts_are_printed_as_they_are_and_shares_in_percent() -> None:
    for column, printed in (("gradients", "30"), ("RegNet", "3000.0 (3000.0–3000.0)")):
        shown = Shown("MI-FGSM", column, 30.0, 30.0, 30.0, 3, None, None)
        assert output._cell(TABLES["attacks"], shown) == printed


def test_a_claim_may_compare_two_columns_of_a_row() -> None:
    samples = {("a", 1): np.zeros(40), ("a", 8): np.ones(40)}
    assert claims.tested(Claim("more is more.", "a", "a", (8,), against=(1,)), samples).gap == 1.0
    assert claims.tested(Claim("less is more.", "a", "a", (1,), against=(8,)), samples).verdict == "does not hold"
