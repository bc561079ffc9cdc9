"""What *See why* shows, against direct computation on the laboratory's networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import models
from demo.pages.views import DRAWINGS
from demo.run.events import Finished, Prepared
from demo.run.jury import Jury, arrived
from demo.run.kept import Kept
from demo.run.picture import to_tensor
from demo.run.request import Request
from demo.run.session import run
from demo.run.verdict import Juror
from demo.run.views import VIEWS
from demo.run.views.carried import SHARES, carried, part
from demo.run.views.gaze import attention, compared, gazes
from demo.run.views.knob import turned
from demo.run.views.plane import BOTTOM, LEFT, WIDE, Region, directions, finer, surveyed
from demo.run.views.ways import cosines, ways


@pytest.fixture(scope="module")
def kept(lion: str) -> Kept:
    guards = {"jpeg": {}, "random-resize-pad": {}}
    plan = Request(lion, epsilon=8, iterations=4, held_out=["tiny/regnet"], guards=guards).plan()
    events = list(run(plan))
    (prepared,) = (event for event in events if isinstance(event, Prepared))
    assert isinstance(events[-1], Finished)
    return Kept(plan, prepared, events[-1])


@pytest.fixture(scope="module")
def jury(kept: Kept) -> Jury:
    return arrived(kept.plan.roster, "cpu")


@pytest.mark.parametrize("step", [0, 2, 4])
def test_the_ways_are_the_signs_of_the_networks_own_gradients(kept: Kept, jury: Jury, step: int) -> None:
    seen = ways(kept, jury, step)
    picture = to_tensor(kept.finished.history[step].picture, "cpu").requires_grad_()
    label = torch.tensor([kept.plan.labels.index("Lion")])
    gradients = []
    for juror, painted in seen.signs:
        (gradient,) = torch.autograd.grad(F.cross_entropy(models.load(juror.network)(picture), label), picture)
        gradients.append(gradient[0])
        signs = np.sign(painted.astype(int) - 128).transpose(2, 0, 1)
        sure = gradient[0].abs() > gradient.abs().mean() / 100
        assert (signs[sure.numpy()] == gradient[0].sign()[sure].numpy()).all()
    stacked = torch.stack(gradients)
    np.testing.assert_allclose(seen.cosines, cosines(stacked), atol=1e-4)
    assert sum(seen.shares.values()) == pytest.approx(1)
    unanimous = (stacked.sign().sum(0).abs() == len(gradients)).double().mean()
    assert seen.shares["all"] == pytest.approx(float(unanimous), abs=0.01)
    assert seen.step == step


def test_the_change_so_far_is_what_the_last_rule_shows(kept: Kept, jury: Jury) -> None:
    assert (ways(kept, jury, 0).rules[-1][2] == 128).all(), "nothing has changed at the start"
    shown = np.sign(ways(kept, jury, 4).rules[-1][2].astype(int) - 128)
    changed = kept.finished.history[-1].picture.astype(int) - kept.plan.original
    assert (shown == np.sign(changed)).all()


def test_cosines_are_those_of_angles() -> None:
    gradients = torch.tensor([[1.0, 0], [0, 3], [1, 1], [0, 0]])
    half = 2**-0.5
    wanted = [[1, 0, half, 0], [0, 1, half, 0], [half, half, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(cosines(gradients), wanted, atol=1e-12)


@pytest.mark.parametrize("way", ["pixels", "frequencies"])
def test_all_of_the_change_is_the_adversarial_picture(kept: Kept, way: str) -> None:
    assert (part(kept.plan.original, kept.finished.adversarial, way, 1.0) == kept.finished.adversarial).all()


@pytest.mark.parametrize("share", SHARES)
def test_so_many_pixels_are_changed_and_they_are_the_largest(kept: Kept, share: float) -> None:
    original, adversarial = kept.plan.original, kept.finished.adversarial
    size = np.abs(adversarial.astype(int) - original).sum(axis=2)
    found = np.abs(part(original, adversarial, "pixels", share).astype(int) - original).sum(axis=2)
    chosen = found > 0
    assert chosen.sum() <= round(share * size.size)
    assert (found[chosen] == size[chosen]).all()
    if share < 1:
        assert size[chosen].min() >= size[~chosen].max()


def test_a_single_wave_is_carried_by_a_single_frequency() -> None:
    rows = np.cos(2 * np.pi * 4 * np.arange(32) / 32)
    wave = np.repeat(np.repeat(rows[:, None], 32, 1)[..., None], 3, 2) * 20
    original = np.full((32, 32, 3), 100, np.uint8)
    adversarial = np.rint(original + wave).astype(np.uint8)
    alone = part(original, adversarial, "frequencies", 6 / (32 * 17 * 3))  # the wave and its mirror, in three colours
    assert np.abs(alone.astype(int) - adversarial).max() <= 1


def test_who_falls_to_a_part_is_asked_of_the_networks(kept: Kept, jury: Jury) -> None:
    for shown in carried(kept, jury):
        assert np.abs(shown.picture.astype(int) - kept.plan.original).max() <= 8
        for juror, answer, chance, mark in shown.said:
            (member,) = (member for member in jury if member.juror == juror)
            chances = member.classifier(to_tensor(shown.picture, "cpu"))[0].softmax(-1)
            assert answer == kept.plan.labels[int(chances.argmax())]
            assert chance == pytest.approx(float(chances.max()), abs=1e-5)
            assert (mark == "fooled") == (answer != "Lion")


@pytest.mark.parametrize(("knob", "own"), [("epsilon", 8), ("iterations", 4)])
def test_the_knob_passes_through_the_run_itself(knob: str, own: int, kept: Kept, jury: Jury) -> None:
    *_, seen = turned(kept, jury, knob)
    assert list(seen.values) == sorted(seen.values)
    at = seen.values.index(own)
    after = {finding.juror.name: finding for finding in kept.finished.findings}
    for juror in seen.jurors:
        assert seen.sure[juror.name][at] == pytest.approx(after[juror.name].after.belief, abs=1e-4)
        assert seen.sure[juror.name][0] == pytest.approx(after[juror.name].before.belief, abs=1e-4)
        if after[juror.name].status == "fooled":
            assert seen.least[juror.name] is not None
            assert seen.least[juror.name] <= own
    assert seen.noise[0] == pytest.approx(np.mean([seen.sure[juror.name][0] for juror in seen.jurors]), abs=1e-6)
    assert min(seen.noise) > min(seen.sure[seen.jurors[0].name]), "noise of the same size does little"


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_drawn_from_coarse_to_whole(name: str, kept: Kept, jury: Jury) -> None:
    drawn = [DRAWINGS[name](seen, kept) for seen in VIEWS[name].look(kept, jury, 4)]
    assert drawn
    for html in drawn:
        assert "nan" not in html.lower().replace("unanimous", "").split("base64")[0]
        assert "<table" in html, "every drawing has a twin in numbers"
        assert html.count("<img") == html.count("alt=")


def test_an_iteration_that_does_not_exist_is_the_nearest(kept: Kept) -> None:
    assert kept.frame(-3).step == 0
    assert kept.frame(99).step == 4


def test_a_map_is_zhous_where_the_last_layer_is_all_there_is() -> None:
    """Features, global average and a linear layer: class-activation mapping (Zhou et al. 2016) in closed form."""
    torch.manual_seed(0)
    features, linear = nn.Conv2d(3, 5, 1), nn.Linear(5, 4)
    network = nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear)
    classifier = models.Classifier(network, "abcd", mean=(0, 0, 0), std=(1, 1, 1))
    picture = torch.rand(1, 3, 8, 8)
    answer = int(classifier(picture).argmax())
    wanted = torch.einsum("c,chw->hw", linear.weight[answer], features(picture)[0]).clamp(min=0).detach()
    np.testing.assert_allclose(attention(classifier, picture), wanted / wanted.max(), atol=1e-5)


def test_what_a_network_does_not_see_is_dark() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    seen = attention(models.Classifier(network, "abcd", size=16, crop=0.5), torch.rand(1, 3, 16, 16))
    assert seen[4:12, 4:12].max() == 1
    assert seen.sum() == seen[4:12, 4:12].sum()


def test_how_far_a_map_moved() -> None:
    first, second = np.zeros((10, 10), np.float32), np.zeros((10, 10), np.float32)
    first[2, 2], second[2, 7] = 1, 3
    assert compared(first, second) == pytest.approx((0.5, 0))
    assert compared(first, first) == pytest.approx((0, 1))
    assert compared(first, first * 0) == (None, None)


def test_every_juror_that_answers_as_it_is_looks_somewhere(kept: Kept, jury: Jury) -> None:
    found = list(gazes(kept, jury, 4))
    assert [one.juror.name for one in found] == [member.juror.name for member in jury if not member.juror.random]
    for one in found:
        assert all(seen.shape == (64, 64) and seen.min() >= 0 and seen.max() <= 1 for seen in one.maps)
    finding = {one.juror.name: one for one in kept.finished.findings}
    assert all(one.answers[1] == finding[one.juror.name].after.answer for one in found)


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
