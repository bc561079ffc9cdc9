"""What *See why* shows, against direct computation on the laboratory's networks."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import models
from demo.pages.views import DRAWINGS
from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.picture import to_tensor
from demo.run.views import VIEWS
from demo.run.views.carried import SHARES, carried, part
from demo.run.views.knob import turned
from demo.run.views.ways import cosines, ways


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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_drawn_from_coarse_to_whole(name: str, kept: Kept, jury: Jury) -> None:
    drawn = [DRAWINGS[name](seen, kept) for seen in VIEWS[name].look(kept, jury, 4)]
    assert drawn
    for html in drawn:
        assert not re.search(r"\bnan\b", html, re.IGNORECASE)
        assert "<table" in html, "every drawing has a twin in numbers"
        assert html.count("<img") == html.count("alt=")


def test_an_iteration_that_does_not_exist_is_the_nearest(kept: Kept) -> None:
    assert kept.frame(-3).step == 0
    assert kept.frame(99).step == 4
