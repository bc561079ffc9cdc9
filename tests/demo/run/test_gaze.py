"""Where networks look: maps against closed form, and how far they move."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import models
from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.views.gaze import attention, compared, gazes


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
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    seen = attention(models.Classifier(network, "abcd", size=16, crop=0.5), torch.rand(1, 3, 16, 16))
    within = seen[4:12, 4:12].copy()
    seen[4:12, 4:12] = 0
    assert within.max() == 1
    assert not seen.any()


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
