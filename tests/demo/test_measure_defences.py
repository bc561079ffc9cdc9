"""The measurement of defences: pictures stay inside the ball in 8 bits, and every defence has its row."""

from __future__ import annotations

import pytest
import torch

import models
from demo.measure import defences as measured
from demo.measure import trios
from models.defences import DEFENCES


@pytest.fixture
def clean() -> torch.Tensor:
    levels = torch.randint(0, 256, (2, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    return levels.float() / 255


def test_what_is_judged_is_whole_levels_inside_the_ball(clean) -> None:
    levels = measured.attacked(clean, torch.tensor([0, 1]), 8) * 255
    torch.testing.assert_close(levels, levels.round(), atol=1e-4, rtol=0)
    assert (levels - clean * 255).abs().max() <= 8 + 1e-3
    assert levels.min() >= 0
    assert levels.max() <= 255 + 1e-3


def test_every_defence_is_compared_with_none(clean, monkeypatch) -> None:
    monkeypatch.setattr(measured, "judge", lambda classifier, pixels, generator: judge_once(classifier, pixels))
    rows = list(measured.lines(clean, clean, models.load(measured.HELD_OUT)(clean).argmax(1)))
    assert "| `none` | 100% | 100% |  |" in rows
    assert len(rows) == 2 + len(DEFENCES)


def test_every_trio_is_measured_in_every_way_it_can_answer(clean) -> None:
    head, *rows = list(trios.lines(clean, torch.tensor([0, 1]), 2))
    assert head.startswith("| trio |")
    assert len(rows) == len(trios.trios()) * len(trios.MODES)
    assert all(row.count("|") == 7 for row in rows)


def judge_once(classifier, pixels):
    from models.defences import judge

    return judge(classifier, pixels, 1)
