"""The measurements of defences and of trios: each has its row."""

from __future__ import annotations

import pytest
import torch

import models
from demo.measure import defences, judging, trios
from models import packs
from models.defences import DEFENCES


@pytest.fixture
def clean() -> torch.Tensor:
    levels = torch.randint(0, 256, (2, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    return levels.float() / 255


def test_every_defence_is_compared_with_none(clean, monkeypatch) -> None:
    monkeypatch.setattr(judging, "judge", lambda classifier, pixels, generator: judge_once(classifier, pixels))
    rows = list(defences.lines(clean, clean, models.load(defences.HELD_OUT)(clean).argmax(1)))
    assert "| `none` | 2 | 100.0 (34–100) | 100.0 (34–100) |  |" in rows
    assert len(rows) == 2 + len(DEFENCES) + sum(row.made_of != "normal" for row in DEFENCES.values())


@pytest.mark.slow
def test_every_trio_is_measured_in_every_way_it_can_answer(clean) -> None:
    head, *rows = list(trios.lines(clean, torch.tensor([0, 1]), 2, steps=1))
    assert head.startswith("| trio |")
    assert len(rows) == len(packs.trios()) * len(trios.MODES)
    assert all(row.count("|") == 7 for row in rows)


def judge_once(classifier, pixels):
    from models.defences import judge

    return judge(classifier, pixels, 1)
