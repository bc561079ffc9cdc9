"""SVRE's tables, small, against craft and judge; their controls, and what they spend."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from by_hand import EPSILON, STEPS, answer, attacked, computed, pictures, wrong

import models
from demo.lab import output
from demo.lab.cells import svre as cells
from demo.lab.cells.svre import AS_LONG, ENS, FINER, NORMAL, PRINTED, ROBUST, SVRE, TI_DIM
from demo.lab.data import known_as
from demo.lab.engine import work
from demo.lab.hands import Own
from demo.lab.job import Arrays
from demo.lab.outcome import Outcome
from demo.lab.published.svre import I_FGSM, MI_FGSM, NINE, NINE_MEAN
from demo.lab.scene import Scene
from demo.lab.store import Store
from demo.lab.table import Claim
from demo.lab.tables import TABLES
from models.catalog import CARDS
from models.defences import DEFENCES, defend

JURY, WATCHING, HARD = ("tiny/mobilenet", "tiny/repvgg"), "tiny/densenet", "tiny/densenet-robust"

ALL_BASES = dict(cells.BASES)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A jury of two, two bases, and curves of two points."""
    roles = {"normal": (*JURY, WATCHING), "robust": (HARD,)}
    monkeypatch.setattr(cells, "of_role", lambda pack, role: roles[role])
    monkeypatch.setattr(cells, "JURORS", len(JURY))
    monkeypatch.setattr(cells, "BASES", {name: ALL_BASES[name] for name in (MI_FGSM, I_FGSM)})
    monkeypatch.setattr(cells, "STUDIED", (MI_FGSM,))
    monkeypatch.setattr(cells, "ROUNDS_TRIED", (0, 4))
    monkeypatch.setattr(cells, "TIMES_TRIED", (1, 4))
    monkeypatch.setattr(cells, "STEPS_TRIED", (1, STEPS))


@pytest.fixture(scope="module")
def held() -> Arrays:
    return pictures((*JURY, WATCHING, HARD), count=3)


def share(held: Arrays, attack: str, name: str, **settings: object) -> float:
    return float(wrong(attacked(held, attack, JURY, **settings), models.load(name), held).mean())


def value(outcome: Outcome, row: str, column: str | float) -> float:
    found = outcome.cell(row, column)
    assert found is not None
    assert found.value is not None
    return found.value


def of(name: str, held: Arrays, folder: Path) -> Outcome:
    return computed(replace(TABLES[name], claims=()), held, folder)


@pytest.mark.slow
def test_every_base_by_every_fusion(held: Arrays, folder: Path) -> None:
    found, losses = of("svre-1", held, folder), of("svre-loss", held, folder)
    for fusion in ("predictions", "logits", "losses"):
        expected = share(held, "mi-fgsm", HARD, fusion=fusion)
        assert value(found, f"{MI_FGSM}, {ENS} {fusion}", CARDS[HARD].title) == pytest.approx(expected, abs=1e-6)
    for row, knobs in ((SVRE, {}), (PRINTED, {"inner_momentum": 0.0})):
        expected = share(held, "svre", WATCHING, momentum=0.0, **knobs)
        assert value(found, f"{I_FGSM}, {row}", NORMAL) == pytest.approx(expected, abs=1e-6)
    levels = attacked(held, "svre", JURY)
    chances = answer(levels, models.load(WATCHING)).probabilities.numpy()
    expected = -np.log(chances[np.arange(len(chances)), held["labels"]]).mean()
    assert value(losses, f"{MI_FGSM}, {SVRE}", CARDS[WATCHING].title) == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_nine_defences(held: Arrays, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "NINE", ("jpeg", "bit-depth"))
    found = of("svre-3", held, folder)
    classifier = defend("jpeg", models.load(WATCHING))
    clean = answer(attacked(held, "i-fgsm", JURY, step_size=1e-9), classifier).top.numpy() == held["labels"]
    fell = wrong(attacked(held, "svre", JURY), classifier, held)[clean]
    shown = found.cell(f"{MI_FGSM}, {SVRE}", DEFENCES["jpeg"].title)
    assert shown is not None
    assert (shown.n, shown.value) == (clean.sum(), pytest.approx(fell.mean(), abs=1e-6))


@pytest.mark.slow
def test_ablations(held: Arrays, folder: Path) -> None:
    row = f"{MI_FGSM}, {NORMAL}"
    pays = replace(TABLES["svre-m"], claims=(Claim("Inner steps pay.", 4, 0, (row,)),))
    rounds, lengths = computed(pays, held, folder), of("svre-beta", held, folder)
    assert value(rounds, row, 0) == pytest.approx(share(held, "mi-fgsm", WATCHING), abs=1e-6)
    assert value(rounds, row, 4) == pytest.approx(share(held, "svre", WATCHING, inner_steps=8), abs=1e-6)
    long = share(held, "svre", WATCHING, inner_step_size=4 * EPSILON / STEPS / 255)
    assert value(lengths, row, 4) == pytest.approx(long, abs=1e-6)
    assert value(lengths, row, 1) == value(rounds, row, 4)
    assert rounds.claims[0].gap == pytest.approx(value(rounds, row, 4) - value(rounds, row, 0), abs=1e-6)
    assert "4 − 0 = " in output.claimed(pays, rounds.claims[0])


@pytest.mark.slow
def test_equal_gradients(held: Arrays, folder: Path) -> None:
    found, curve = of("svre-equal", held, folder), of("svre-gradients", held, folder)
    long = share(held, "mi-fgsm", HARD, steps=6 * STEPS, step_size=EPSILON / STEPS / 255)
    fine = share(held, "mi-fgsm", HARD, steps=6 * STEPS)
    place = STEPS * 6 * len(JURY)
    for less, expected in ((AS_LONG, long), (FINER, fine)):
        assert value(found, f"{MI_FGSM}, {less}", ROBUST) == pytest.approx(expected, abs=1e-6)
        assert value(curve, f"{ENS}, {less}, {ROBUST}", place) == pytest.approx(expected, abs=1e-6)
    assert value(found, f"{MI_FGSM}, M = 0", ROBUST) == pytest.approx(
        share(held, "svre", HARD, inner_steps=0), abs=1e-6
    )
    assert value(curve, f"{SVRE}, {ROBUST}", place) == pytest.approx(share(held, "svre", HARD), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("base", "shown"), [(I_FGSM, ()), (MI_FGSM, ()), (TI_DIM, ("ti", "di"))])
def test_the_base_spends_what_svre_spends_and_is_svre_at_m_0(
    held: Arrays, folder: Path, base: str, shown: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cells.BASES, TI_DIM, ALL_BASES[TI_DIM])
    job, store = known_as(held), Store(folder)
    store.put(job.key, held)
    scene = Scene("tiny", job, len(held["labels"]), 64, EPSILON, STEPS)
    full, none = cells.svre(scene, base), cells.svre(scene, base, inner_steps=0)
    plain, more = cells.ens(scene, base), cells.ens(scene, base, steps=cells.as_many(STEPS))
    for _ in work([full, none, plain, more], store, Own()):
        pass
    momentum = 0.0 if base == I_FGSM else 1.0
    direct = attacked(held, "svre", JURY, momentum=momentum, transforms=shown)
    assert np.array_equal(store.get(full.key)["pictures"], direct.numpy())
    assert np.array_equal(store.get(none.key)["pictures"], store.get(plain.key)["pictures"])
    assert not np.array_equal(store.get(full.key)["pictures"], store.get(plain.key)["pictures"])
    spent, counted = store.get(full.key)["gradients"][-1], store.get(more.key)["gradients"][-1]
    assert counted == STEPS * cells.gradients("tiny")
    assert counted - spent == STEPS, "Algorithm 1 has one more than is needed, in every iteration"


@pytest.mark.parametrize("row", NINE)
def test_the_papers_rows_add_up_to_its_averages(row: tuple[str, bool]) -> None:
    assert np.mean(NINE[row]) == pytest.approx(NINE_MEAN[row], abs=0.006)
