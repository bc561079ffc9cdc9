"""TREND's tables against direct computation: what counts, what is fitted, who is chosen."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from small_scene import Done, done

import models
from demo.lab import claims
from demo.lab.cells import matrix as matrix_cells
from demo.lab.cells import trend as trend_cells
from demo.lab.estimates import paired
from demo.lab.scene import behind
from demo.lab.table import Claim
from demo.lab.tables import TABLES
from demo.lab.transfer import designed, fit_error, fitted, fitted_transfer, transferred
from demo.run.views import transfer
from models.catalog import CARDS
from models.transferability import counted

TREND = [name for name, table in TABLES.items() if table.paper == "trend"]
FULL, Q1, Q2, SEED = matrix_cells.FULL, matrix_cells.Q1, matrix_cells.Q2, "tiny/resnet-seed"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few networks and few strengths."""
    family = {CARDS[name].title: name for name in (FULL, Q1, Q2, SEED)}
    rounded = {f"{sign}{bits}": behind(kind, FULL, bits=bits) for sign, kind in KINDS.items() for bits in (8, 3)}
    monkeypatch.setattr(matrix_cells, "relatives", lambda: family)
    monkeypatch.setattr(matrix_cells, "architectures", lambda pack: {"A": FULL, "B": SEED})
    monkeypatch.setattr(matrix_cells, "coarse", lambda: rounded)
    monkeypatch.setattr(trend_cells, "STRENGTHS", (2, 6, 8, 12, 20))
    monkeypatch.setattr(trend_cells, "KNOWN", (0, 1, 3, 4))
    monkeypatch.setattr(trend_cells, "PAIRS", ((FULL, SEED),))
    monkeypatch.setattr(trend_cells, "HIGH", ())
    monkeypatch.setattr(trend_cells, "LOW", (4,))


KINDS = {"W": "quantise-weights", "A": "quantise-activations"}


def made(name: str, folder: Path, **settings: float) -> Done:
    return done(TABLES[name], folder, name=FULL, **{"count": 4, "epsilon": 8, **settings})


@pytest.mark.slow
@pytest.mark.parametrize("name", TREND)
def test_every_table_in_miniature(small: None, folder: Path, name: str) -> None:
    outcome = made(name, folder).outcome
    assert outcome.cells
    assert all(cell.value is None or -1e-9 <= cell.value <= 1.5 for cell in outcome.cells)
    assert len(outcome.claims) == len(TABLES[name].claimed("tiny"))


@pytest.mark.slow
def test_the_matrix_is_the_page_s(folder: Path) -> None:
    family = {CARDS[name].title: name for name in (FULL, Q1, SEED)}
    table = replace(TABLES["trend-input"], cells=lambda scene: matrix_cells.matrix(scene, family, ("PGD",)), claims=())
    found = done(table, folder, name=FULL, count=4, epsilon=8, steps=transfer.STEPS)
    networks, held = [models.load(name) for name in family.values()], found.pictures
    shown = [picture.transpose(1, 2, 0) for picture in held["pictures"]]
    *_, (rows, _) = transfer.matrix(networks, networks, shown, torch.from_numpy(held["labels"]), 8)
    for source, row in zip(family, rows, strict=True):
        for target, cell in zip(family, row, strict=True):
            ours = found.outcome.cell(f"PGD: {source}", target)
            assert (ours.n, ours.value) == (cell.counted, pytest.approx(cell.share) if cell.counted else None)


@pytest.mark.slow
def test_pgd_on_the_mean_loss_is_d_ag(small: None, folder: Path) -> None:
    found = made("trend-6", folder)
    for jury in trend_cells.JURIES:
        pictures = [
            found.store.get(found.jobs(f"{jury}: {attack}", 4)[0].key)["pictures"]
            for attack in ("D-AG", "PGD on the mean loss")
        ]
        assert (pictures[0] != pictures[1]).mean() < 0.01  # but for the order in which sums are rounded
        steps = {found.jobs(f"{jury}: {attack}", 4)[0].settings["step"] for attack in trend_cells.ON_JURIES}
        assert steps == {1}


def answers(right: np.ndarray) -> list[dict[str, np.ndarray]]:
    """Verdicts of which the given are right about label 0."""
    return [{"top": np.where(row, 0, 1), "abstains": np.zeros(len(row), dtype=bool)} for row in right]


def labels(count: int) -> dict[str, np.ndarray]:
    return {"labels": np.zeros(count, dtype=int)}


def test_transfer_counts_as_the_module_does() -> None:
    chance = np.random.default_rng(0)
    clean, after = chance.random((2, 60)) < 0.7, chance.random((2, 60)) < 0.5
    target, source = answers(after)
    found = transferred(target, source, *answers(clean), labels(60))
    counts, fools = counted(torch.from_numpy(clean), torch.from_numpy(~after), 1)
    assert (np.isfinite(found).sum(), np.nansum(found)) == (counts[0], fools[0])


def test_transfer_to_several_is_each_picture_s_mean() -> None:
    both = answers(np.array([[True, False], [False, False]]))
    sure, source = answers(np.ones((1, 2), dtype=bool))[0], answers(np.zeros((1, 2), dtype=bool))[0]
    groups = [job for target in both for job in (target, source, sure, sure)]
    assert transferred(*groups, labels(2)).tolist() == [0.5, 1]


@pytest.mark.parametrize(("height", "rate"), [(0.9, 0.3), (0.2, 1.0), (0.6, 0.05), (0.0, 0.1)])
def test_the_fit_finds_the_curve(height: float, rate: float) -> None:
    at = np.array([2.0, 6, 12, 20])
    found, speed = fitted(at, height * (1 - np.exp(-rate * at)))
    np.testing.assert_allclose(found * (1 - np.exp(-speed * at)), height * (1 - np.exp(-rate * at)), atol=0.005)


def growing(count: int, strengths: list[int]) -> list[dict[str, np.ndarray]]:
    """A target and a source that each picture fools from a strength of its own on; the source earlier."""
    falls = np.random.default_rng(0).exponential(3, count)
    verdicts = []
    for epsilon in strengths:
        verdicts += answers(np.stack([2 * falls > epsilon, falls > epsilon]))
    return [*verdicts, *answers(np.ones((2, count), dtype=bool))]


def test_a_prediction_is_the_ratio_of_two_curves_and_its_samples_average_to_it() -> None:
    strengths = [2, 6, 12, 20]
    found = fitted_transfer(*growing(3000, strengths), labels(3000), strengths=strengths, at=4)
    expected = (1 - np.exp(-4 / 6)) / (1 - np.exp(-4 / 3))
    assert found.mean() == pytest.approx(expected, abs=0.03)
    assert 0 < found.std() / np.sqrt(3000) < 0.03


def test_errors_are_small_where_the_curve_is_right_and_large_where_it_is_not() -> None:
    strengths, known = list(range(1, 21)), [1, 5, 11, 19]
    right = growing(2000, strengths)
    wrong = [*right[: 2 * 12], *growing(2000, strengths)[2 * 12 :]]
    for place in range(14, 19):  # between the last two known: nobody falls
        wrong[2 * place], wrong[2 * place + 1] = answers(np.ones((2, 2000), dtype=bool))
    for what in ("fit", "test", "metric"):
        assert fit_error(*right, labels(2000), strengths=strengths, known=known, what=what).mean() < 0.05
    options = {"strengths": strengths, "known": known}
    assert fit_error(*wrong, labels(2000), what="test", **options).mean() > 0.2
    assert fit_error(*wrong, labels(2000), what="fit", **options).mean() < 0.05


JURIES = [list(jury) for jury in combinations(range(4), 3)]


def designs(count: int = 8) -> list[dict[str, np.ndarray]]:
    """Four networks of which the last is fooled by nobody else's, and fools nobody; jury 0, without it, stands best."""
    everyone = np.ones((4, count), dtype=bool)
    verdicts = answers(everyone)
    for source in range(4):
        fooled = np.arange(4) == 3 if source == 3 else np.arange(4) != 3
        verdicts += answers(~np.repeat(fooled[:, None], count, 1))
    for jury, place in zip(JURIES, range(4), strict=True):
        verdicts += answers(np.ones((len(jury), count), dtype=bool) & (np.arange(count) >= 2 * place))
    return verdicts


@pytest.mark.parametrize(("pick", "share"), [("lowest", 0.75), ("highest", 1.0), ("best", 1.0), ("any", 0.625)])
def test_who_is_picked(pick: str, share: float) -> None:
    found = designed(*designs(), labels(8), networks=4, juries=JURIES, pick=pick)
    assert found.mean() == pytest.approx(share)


def test_no_choice_is_judged_by_the_pictures_that_it_was_made_on() -> None:
    """Each of two juries stands on one half alone: whoever looks at one half is wrong about the other."""
    clean = answers(np.ones((2, 8), dtype=bool))
    odd = np.arange(8) % 2 == 1
    verdicts = [*clean, *clean, *clean, *answers(np.stack([odd, ~odd]))]
    assert designed(*verdicts, labels(8), networks=2, juries=[[0], [1]], pick="best").sum() == 0
    one = [{name: array[:1] for name, array in verdict.items()} for verdict in verdicts]
    assert np.isnan(designed(*one, labels(1), networks=2, juries=[[0], [1]], pick="best")).all()


def test_a_claim_compares_columns() -> None:
    first, second = np.array([1.0, 1, 1, 0, 1, 1, 1, 1]), np.array([0.0, 1, 0, 0, 0, 0, 0, 0])
    samples = {("row", "a"): first, ("row", "b"): second}
    found = claims.tested(Claim("A exceeds B.", "row", "row", ("a",), against=("b",)), samples)
    assert (found.more, found.less, found.verdict) == ("row (a)", "row (b)", "holds")
    assert found.p == pytest.approx(paired([first], [second])[1], abs=1e-6)
