"""EnsembleFool's tables, small, against craft and judge; its score, and what its figures say of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from by_hand import STEPS, answer, attacked, computed, pictures, wrong

import models
from demo.lab import output
from demo.lab.cells import ensemblefool as cells
from demo.lab.cells.ensemblefool import CHIEF, METHODS, NOISE
from demo.lab.job import Arrays
from demo.lab.measures import MEASURES, likeliest
from demo.lab.outcome import Outcome
from demo.lab.published.ensemblefool import FOOL_A, HELD, MI_FGSM, SCORE, SUCCESS, WHITE
from demo.lab.tables import TABLES
from models.catalog import CARDS
from models.defences import DEFENCES, defend

NORMAL, ROBUST, UNSEEN = "tiny/mobilenet", "tiny/densenet-robust", "tiny/repvgg"
JURY = (NORMAL, ROBUST)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A jury of two."""
    roles = {"normal": (NORMAL, UNSEEN), "robust": (ROBUST,)}
    monkeypatch.setattr(cells, "of_role", lambda pack, role: roles[role])
    monkeypatch.setattr(cells, "FIRST", 1)


@pytest.fixture(scope="module")
def held() -> Arrays:
    return pictures((*JURY, UNSEEN), count=3)


def value(outcome: Outcome, row: str, column: str | float) -> float:
    found = outcome.cell(row, column)
    assert found is not None
    assert found.value is not None
    return found.value


def others(name: str, side: str) -> list[str]:
    return [one for one in JURY if side == WHITE or one != name]


@pytest.mark.slow
def test_success_and_scores_are_those_of_the_pictures(held: Arrays, folder: Path) -> None:
    success, score = (computed(TABLES[f"ensemblefool-{number}"], held, folder) for number in (3, 4))
    for side in (HELD, WHITE):
        for title, attack in METHODS.items():
            means = []
            for name in JURY:
                levels = attacked(held, attack, others(name, side))
                fell = wrong(levels, models.load(name), held)
                row, column = f"{title}, {side}", CARDS[name].title
                assert value(success, row, column) == pytest.approx(fell.mean(), abs=1e-6)
                means.append(fell.mean())
                if title in CHIEF:
                    moved = np.linalg.norm(levels.numpy() - held["pictures"].astype(float), axis=1).mean((1, 2))
                    expected = (fell * (32 - moved) / 32 * 100).mean()
                    shown = score.cell(row, column)
                    assert shown is not None
                    assert shown.value == pytest.approx(expected, abs=1e-4)
                    assert fell.any() or shown.high == 0  # no share, which would have Wilson's interval
            assert value(success, f"{title}, {side}", "normal, mean") == pytest.approx(means[0], abs=1e-6)
    assert value(success, f"{MI_FGSM}, {WHITE}", CARDS[NORMAL].title) > 0
    assert success.cell(NOISE, CARDS[NORMAL].title)
    assert all(one.low is None or 0 <= one.low <= one.high <= 1 for one in success.cells)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "side"), [(1, HELD), (2, WHITE)])
def test_weights_are_tried(held: Arrays, folder: Path, number: int, side: str) -> None:
    found = computed(TABLES[f"ensemblefool-{number}"], held, folder)
    for delta in (1, 4, 7):
        levels = attacked(held, "ensemblefool-c", others(ROBUST, side), delta_high=delta)
        expected = wrong(levels, models.load(ROBUST), held).mean()
        assert value(found, f"δ = {delta}", CARDS[ROBUST].title) == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
def test_defended_networks_count_where_they_were_right(
    held: Arrays, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "ITERATIONS", (1, STEPS))
    monkeypatch.setattr(cells, "GUARDS", ("hgd", "random-resize-pad"))
    table = computed(TABLES["ensemblefool-6"], held, folder)
    curve = computed(TABLES["ensemblefool-iterations"], held, folder)
    levels = attacked(held, "ensemblefool-a", JURY)
    for guard in cells.GUARDS:
        title, classifier = DEFENCES[guard].title, defend(guard, models.load(UNSEEN))
        clean = answer(attacked(held, "i-fgsm", JURY, step_size=1e-9), classifier)
        known = clean.top.numpy() == held["labels"]
        fell = wrong(levels, classifier, held)[known]
        shown = table.cell(FOOL_A, title)
        assert shown is not None
        assert shown.n == len(fell)
        if len(fell):
            assert shown.value == pytest.approx(fell.mean(), abs=1e-6)
        again = curve.cell(f"{FOOL_A}, {title}", STEPS)
        assert again is not None
        assert again.value == shown.value


@pytest.mark.slow
def test_traces_and_likeliest_classes(held: Arrays, folder: Path) -> None:
    table = replace(TABLES["ensemblefool-top5"], claims=())
    top, trace = (computed(one, held, folder) for one in (table, TABLES["ensemblefool-trace"]))
    found = answer(attacked(held, "mi-fgsm", JURY), defend("softmax", [models.load(name) for name in JURY]))
    chances, best = found.probabilities.topk(5)
    for place, column in enumerate(cells.PLACES):
        shown = top.cell(MI_FGSM, column)
        assert shown is not None
        assert shown.value == pytest.approx(chances[0, place].item(), abs=1e-5)
        name = models.load(NORMAL).labels[best[0, place]]
        assert shown.words.removesuffix(" (label)") == name
    told = output.text(table, top)
    assert f"| {models.load(NORMAL).labels[best[0, 0]]}" in told
    inside = (best.numpy() == held["labels"][:, None]).any(1).mean()
    assert value(top, MI_FGSM, "label in the top 5, all pictures") == pytest.approx(inside, abs=1e-6)
    start = sum(wrong(attacked(held, "i-fgsm", JURY, step_size=1e-9), models.load(name), held) for name in JURY)
    assert value(trace, FOOL_A, 0) == pytest.approx(np.mean(start), abs=1e-6)


def test_a_score_by_hand() -> None:
    clean = {"pictures": np.full((3, 3, 2, 2), 100, np.uint8), "labels": np.array([0, 0, 0])}
    shown = {"pictures": clean["pictures"] + np.uint8(3)}
    verdict = {"top": np.array([1, 0, 1]), "abstains": np.array([False, False, True])}
    score = MEASURES["attack_score"](verdict, shown, clean, limit=32)
    assert score == pytest.approx([100 * (1 - 3 * 3**0.5 / 32), 0, 0])
    other = {"top": np.array([0, 0, 0]), "abstains": np.zeros(3, bool)}
    assert MEASURES["attack_score"](verdict, other, shown, shown, clean, limit=32) == pytest.approx(score / 2)


def test_newly_fooled_of_several() -> None:
    pictures = {"labels": np.array([0, 0, 0])}
    calm = np.zeros(3, bool)
    after, before = ({"top": np.array(top), "abstains": calm} for top in ([1, 1, 1], [0, 0, 1]))
    found = MEASURES["newly_fooled"](after, before, before, {"top": np.array([0, 1, 1]), "abstains": calm}, pictures)
    assert found == pytest.approx([0.5, 1, np.nan], nan_ok=True)


def test_likeliest_says_where_it_is_the_label() -> None:
    verdict = {"best": np.array([[3, 2, 1, 0, 4]])}
    assert likeliest(verdict, {"labels": np.array([3])}, place=0, pack="tiny").endswith(" (label)")
    assert not likeliest(verdict, {"labels": np.array([3])}, place=1, pack="tiny").endswith(" (label)")


@pytest.mark.parametrize("place", range(6))
def test_the_papers_score_measures_lengths_over_colours(place: int) -> None:
    """Of Tables 3 to 5 at either limit D is the same, more than any measure but this can be at epsilon 16."""
    fell = SUCCESS[FOOL_A, WHITE][place] / 100
    near, far = (limit * (1 - SCORE[limit][FOOL_A, WHITE][place] / 100 / fell) for limit in (32, 64))
    assert near == pytest.approx(far, abs=0.05)
    assert 16 < near < 16 * 3**0.5
