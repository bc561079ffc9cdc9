"""The map through the original and what became of it: what networks say there, and who is asked how finely."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from demo.pages.views import DRAWINGS
from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.verdict import Juror
from demo.run.views.plane import BOTTOM, LEFT, WIDE, Region, directions, finer, surveyed


@pytest.mark.slow
def test_the_plane_is_what_the_networks_say_there(kept: Kept, jury: Jury) -> None:
    *_, seen = surveyed(kept, jury, patience=math.inf)
    change, aside = directions(kept.plan.original, kept.finished.adversarial, kept.plan.seed)
    side = len(seen.regions[0].answers)
    generator = np.random.default_rng(0)
    for region in seen.regions:
        (member,) = (member for member in jury if member.juror == region.juror)
        right = 0
        for row, column in generator.integers(0, side, (20, 2)):
            x, y = LEFT + column * WIDE / (side - 1), BOTTOM + row * WIDE / (side - 1)
            point = np.clip(kept.plan.original / 255 + x * change + y * aside, 0, 1).astype(np.float32)
            answer = member.classifier(torch.from_numpy(point).permute(2, 0, 1)[None]).argmax()
            right += int(answer) == region.answers[row, column]
        assert right >= 19, "between points that agree, hardly ever somebody else"
        assert region.asked < side * side
        at = region.answers[(side - 1) // 2, (side - 1) // 4], region.answers[(side - 1) // 2, (side - 1) // 2]
        finding = next(one for one in kept.finished.findings if one.juror == region.juror)
        assert [kept.plan.labels[answer] for answer in at] == [finding.before.answer, finding.after.answer]


def test_the_plane_stands_upright_and_the_path_ends_at_the_picture(kept: Kept, jury: Jury) -> None:
    change, aside = directions(kept.plan.original, kept.finished.adversarial, 3)
    assert (change * aside).sum() == pytest.approx(0, abs=1e-9)
    assert (change**2).sum() == pytest.approx((aside**2).sum())
    seen = next(surveyed(kept, jury))
    assert seen.path[0] == (0, 0)
    assert seen.path[-1] == pytest.approx((1, 0))
    for x, y in seen.box:
        assert np.abs(x * change + y * directions_aside(kept)).max() == pytest.approx(kept.plan.epsilon / 255)


def directions_aside(kept: Kept) -> np.ndarray:
    return directions(kept.plan.original, kept.finished.adversarial, kept.plan.seed)[1]


def test_a_run_that_changed_nothing_has_no_plane(kept: Kept) -> None:
    with pytest.raises(ValueError, match="changed nothing"):
        directions(kept.plan.original, kept.plan.original, 0)


def test_only_points_between_answers_that_differ_are_asked_for() -> None:
    def ask(places: np.ndarray) -> np.ndarray:
        asked.append(places)
        return (places[:, 1] > 5).astype(np.int64)

    asked: list[np.ndarray] = []
    juror = Juror("a", "A", "surrogate", "a", "#000")
    coarse = Region(juror, np.repeat(np.array([[0, 0, 0, 1, 1]]), 5, 0), 25)
    fine = finer(juror, coarse, 9, ask)
    assert (fine.answers == (np.arange(9) > 5)).all()
    assert (asked[0][:, 1] == 5).all()
    assert fine.asked == 25 + 9


def test_the_map_ends_when_its_time_is_up_with_everybody_asked_at_least_coarsely(kept: Kept, jury: Jury) -> None:
    *_, seen = surveyed(kept, jury, patience=0)
    assert {len(region.answers) for region in seen.regions} == {5}
    assert len(seen.regions) == sum(not member.juror.random for member in jury)
    assert "5 × 5 points" in DRAWINGS["plane"](seen, kept)
