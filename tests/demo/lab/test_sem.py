"""SEM's tables against direct computation: the search, the rule, the attackers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from bench import WITNESS, Bench, same

import models
from demo.attacks import smallest_epsilon
from demo.lab.cells import sem as sem_sides
from demo.lab.scene import Scene, behind, seen
from demo.lab.seats import Kept, drawing, seated
from demo.lab.tables import sem
from models.defences import attacker_wins, judge

SMALL = (WITNESS, "tiny/mobilenet-noise-0.25", "tiny/resnet-noise-0.12")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.slow
def test_a_short_search_tells_all_that_the_columns_ask(bench: Bench) -> None:
    pair = {"single": (WITNESS, WITNESS)}
    cells = list(sem.curves(bench.scene, {"BIM": "i-fgsm"}, False, pair))
    whole = smallest_epsilon("i-fgsm", [models.load(WITNESS)], bench.images, bench.labels, steps=2)
    samples = bench.samples(cells)
    assert [cell.column for cell in cells] == list(sem.LEVELS)
    for level, found in zip(sem.LEVELS, samples, strict=True):
        same(found, whole.epsilon * 255 <= level)
    assert 0 < np.mean(samples) < 1, "some fell on the way"


@pytest.mark.slow
@pytest.mark.parametrize("targeted", [False, True])
def test_an_attack_on_sem_is_the_search_done_by_hand(bench: Bench, targeted: bool) -> None:
    seat = sem_sides.stochastic(SMALL)
    (cell, *_) = sem.curves(bench.scene, {"MIM": "mi-fgsm"}, targeted, {"A": (seat, seat)})
    bench.samples([cell])
    (attacked,) = drawing([seat], models.load, bench.scene.seed)
    judged, coin = seated(seat, models.load), torch.Generator().manual_seed(bench.scene.seed)

    def verdict(pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return attacker_wins(judge(judged, pictures, 20, coin), labels, targeted=targeted, alpha=judged.alpha)

    wanted = torch.from_numpy(bench.held["targets" if targeted else "labels"])
    direct = smallest_epsilon(
        "mi-fgsm",
        [attacked],
        bench.images,
        wanted,
        growth=sem.GROWTH,
        bisections=sem.BISECTIONS,
        verdict=verdict,
        steps=2,
        targeted=targeted,
    )
    np.testing.assert_array_equal(bench.store.get(cell.jobs[0].key)["epsilon"], (direct.epsilon * 255).numpy())


def test_a_kept_draw_lasts_so_many_queries(bench: Bench) -> None:
    (kept,) = drawing([seen("kept", sem_sides.stochastic(SMALL), queries=3)], models.load, 0)
    assert isinstance(kept, Kept)
    answers = [kept(bench.images) for _ in range(9)]
    for start in (0, 3, 6):
        assert all(torch.equal(answers[start], answer) for answer in answers[start : start + 3])
    assert not torch.equal(answers[0], answers[3])
    assert not torch.equal(answers[3], answers[6])
    (again,) = drawing([seen("kept", sem_sides.stochastic(SMALL), queries=3)], models.load, 0)
    assert torch.equal(again(bench.images), answers[0])


def test_b_keeps_its_draw_for_a_whole_attack() -> None:
    (_, settings, _), judge_seat = sem_sides.white(7)["B: SEM, one draw an attack"]
    assert settings == {"queries": 7}
    assert judge_seat == sem_sides.SEM, "judged is SEM itself"


def test_who_passes_for_an_architecture_of_its_own_bears_its_own_noise() -> None:
    jury = seated(sem_sides.stochastic([sem_sides.alone(name) for name in sem_sides.ALIKE]), models.load)
    assert [len(levels) for levels in jury.collection] == [1] * len(sem_sides.ALIKE)
    assert len(seated(sem_sides.stochastic(sem_sides.ALIKE), models.load).collection) == 1
    picture, coin = torch.rand(1, 3, 64, 64), torch.Generator()
    member = seated(sem_sides.alone("tiny/densenet-noise-0.25"), models.load)
    noise = torch.randn(1, 3, 64, 64, generator=coin.manual_seed(3))
    bare = models.load("tiny/densenet-noise-0.25")(picture + 0.25 * noise).softmax(1)
    torch.testing.assert_close(member.look(picture, coin.manual_seed(3)).softmax(1), bare)


@pytest.mark.slow
def test_the_library_has_as_many_architectures_as_the_paper_and_half_of_it_is_half() -> None:
    assert len(seated(sem_sides.SEM, models.load).collection) == 7
    assert len(sem_sides.FEW) * 2 == len(sem_sides.LIBRARY)


def test_the_collection_is_judged_under_its_own_noise(bench: Bench) -> None:
    table = sem.TABLES[0]
    cell = next(one for one in table.cells(bench.scene) if (one.row, one.column) == ("Small MobileNet", "σ 0.25"))
    guarded = seated(behind("smoothing", "tiny/mobilenet-noise-0.25", sigma=0.25), models.load)
    found = judge(guarded, bench.images, 20, torch.Generator().manual_seed(0))
    same(bench.samples([cell])[0], (found.top == bench.labels) & ~found.abstains)


@pytest.mark.parametrize("name", [table.name for table in sem.TABLES])
def test_every_published_figure_and_claim_has_its_cells(bench: Bench, name: str) -> None:
    table = next(one for one in sem.TABLES if one.name == name)
    cells = {(cell.row, cell.column) for cell in table.cells(bench.scene)}
    assert table.published.keys() <= cells
    ten = {cell.row for cell in table.cells(Scene("tiny", bench.scene.pictures, 3, 64, 8.0, 10))}
    assert {row for claim in table.claimed("tiny") for row in (claim.more, claim.less)} <= ten


@pytest.mark.slow
def test_asking_stays_within_its_budget(bench: Bench) -> None:
    cells = sem.curves(bench.scene, {"NES": "nes"}, False, {"M": (WITNESS, WITNESS)}, queries=8)
    cell = next(iter(cells))
    assert cell.jobs[0].settings["knobs"]["queries"] == 8
    direct = partial(smallest_epsilon, "nes", [models.load(WITNESS)], bench.images, bench.labels, steps=2, queries=8)
    bench.samples([cell])
    expected = direct(growth=sem.GROWTH, bisections=sem.BISECTIONS).epsilon * 255
    np.testing.assert_array_equal(bench.store.get(cell.jobs[0].key)["epsilon"], expected.numpy())
