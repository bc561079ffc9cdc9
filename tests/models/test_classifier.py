"""Classifier: it resizes, crops and normalises by itself, and a gradient reaches the pixels."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.transforms import functional as vision

import models
from models.classifier import IMAGENET_MEAN, IMAGENET_STD, Classifier, Ensemble


def bare(**settings) -> Classifier:
    """A classifier whose logits are the normalised picture itself."""
    return Classifier(nn.Flatten(), "abc", **settings)


def test_it_normalises() -> None:
    picture = torch.rand(2, 3, 4, 4)
    mean, std = torch.tensor(IMAGENET_MEAN).view(3, 1, 1), torch.tensor(IMAGENET_STD).view(3, 1, 1)
    torch.testing.assert_close(bare()(picture), ((picture - mean) / std).flatten(1))


@pytest.mark.parametrize("shape", [(64, 64), (100, 100), (48, 48), (90, 130), (131, 77)])
@pytest.mark.parametrize(("crop", "interpolation"), [(1.0, "bilinear"), (0.875, "bicubic")])
def test_it_resizes_and_crops_as_torchvision_does(shape, crop, interpolation) -> None:
    picture = torch.rand(1, 3, *shape) / 2 + 0.25  # no overshoot here: where to cut it off is Pillow's example
    fitted = bare(size=64, crop=crop, interpolation=interpolation).fit(picture)
    mode = vision.InterpolationMode(interpolation)
    resized = vision.resize(picture, [int(64 / crop)], interpolation=mode, antialias=True)
    wanted = vision.center_crop(resized, [64])
    torch.testing.assert_close(fitted, wanted)


def test_a_picture_that_fits_is_left_alone() -> None:
    picture = torch.rand(1, 3, 64, 64)
    assert torch.equal(bare(size=64).fit(picture), picture)


def test_the_gradient_reaches_the_pixels_through_resizing() -> None:
    picture = torch.rand(2, 3, 80, 80, requires_grad=True)
    classifier = models.load("tiny/resnet")
    F.cross_entropy(classifier(picture), torch.tensor([0, 1])).backward()
    assert picture.grad is not None
    assert picture.grad.isfinite().all()
    assert (picture.grad.flatten(1).abs().sum(1) > 0).all()


def test_double_precision_agrees_with_single() -> None:
    single = models.load("tiny/resnet")
    double = copy.deepcopy(single).double()
    picture = torch.rand(2, 3, 64, 64)
    logits = double(picture.double())
    assert logits.dtype == torch.float64
    torch.testing.assert_close(logits.float(), single(picture), atol=1e-3, rtol=1e-3)


def test_an_ensemble_stacks_its_members() -> None:
    members = [models.load("tiny/resnet"), models.load("tiny/regnet")]
    picture = torch.rand(2, 3, 64, 64)
    stacked = Ensemble(members)(picture)
    assert stacked.shape == (2, 2, 64)
    torch.testing.assert_close(stacked[1], members[1](picture))


def test_an_ensemble_refuses_what_does_not_belong_together() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Ensemble([])
    with pytest.raises(ValueError, match="share one label space"):
        Ensemble([bare(), Classifier(nn.Flatten(), "xyz")])
    with pytest.raises(ValueError, match="of type Flatten"):
        Ensemble([nn.Flatten()])  # type: ignore[list-item]
