"""DI, TI and SI against what they stand for."""

import pytest
import torch
from small import jury, pictures, smooth, verdicts
from torch.nn import functional as F

from demo.attacks import iterate
from demo.attacks.probe import Probe
from demo.attacks.task import Task
from demo.attacks.transforms import TRANSFORMS


def drawn(name, like, seed):
    return TRANSFORMS[name].draw(like, torch.Generator().manual_seed(seed))


def gradient(network, images, labels):
    images = images.clone().requires_grad_()
    F.cross_entropy(network(images), labels, reduction="sum").backward()
    return images.grad


def probe_of(names, network, images, labels, seed=0):
    task = Task(images, labels, 8 / 255, 1, 8 / 255)
    probe = Probe([network], task, [TRANSFORMS[n] for n in names], torch.Generator().manual_seed(seed))
    probe.renew()
    return probe


def test_si_is_the_mean_gradient_over_darkened_copies():
    network, images = smooth(0), pictures(2)
    labels = torch.tensor([1, 2])
    expected = torch.zeros_like(images)
    for i in range(5):
        expected += 0.5**i * gradient(network, images * 0.5**i, labels) / 5  # the chain rule's factor
    got, logits = probe_of(["si"], network, images, labels).member(0, images)
    torch.testing.assert_close(got, expected)
    assert logits is None, "what the copies are taken for is not what the picture is taken for"


@pytest.mark.parametrize("name", ["i-fgsm", "apgd-ce"])
def test_under_si_the_loss_is_the_one_whose_gradient_is_followed(name):
    networks, images = [smooth(0), smooth(1)], pictures(2)
    labels = torch.tensor([1, 2])
    frame = next(iter(iterate(name, networks, images, labels, steps=2, transforms=("si",), fusion="losses")))
    views = [frame.adversarial * 0.5**i for i in range(5)]
    losses = [F.cross_entropy(network(view), labels, reduction="none") for network in networks for view in views]
    torch.testing.assert_close(frame.details["loss"], torch.stack(losses).mean(0).detach())


def test_ti_is_the_mean_gradient_over_shifted_pictures():
    """Dong et al. derive the convolution from shifts: Σ w_ij of the gradient, shifted back by (i, j)."""
    network, images = smooth(0), pictures(2)
    labels = torch.tensor([1, 2])
    plain = F.pad(gradient(network, images, labels), (3, 3, 3, 3))
    weight = torch.exp(-(torch.arange(-3, 4, dtype=torch.float64) ** 2) / 2)
    kernel = torch.outer(weight, weight) / torch.outer(weight, weight).sum()
    expected = sum(kernel[i, j] * plain[:, :, i : i + 6, j : j + 6] for i in range(7) for j in range(7))
    got, logits = probe_of(["ti"], network, images, labels).member(0, images)
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(logits[0], network(images).detach())


@pytest.mark.parametrize("size", [(1, 1), (6, 6), (64, 64), (40, 56), (299, 299)])
def test_di_frames_the_whole_picture_on_the_same_canvas(size):
    like = torch.ones(1, 3, *size, dtype=torch.float64)
    shares, kept = set(), 0
    for seed in range(200):
        (view,) = drawn("di", like, seed)
        shown = view(like)
        assert shown.shape == like.shape
        bright = shown[0, 0] > 0.5
        rows, columns = int(bright.any(1).sum()), int(bright.any(0).sum())
        assert rows >= round(size[0] * 299 / 330) - 1e-9
        assert bright.sum() == rows * columns, "one rectangle, the rest black"
        shares.add(rows)
        kept += torch.equal(shown, like)
    if min(size) > 40:
        assert len(shares) > 4
    assert kept > 70, "half of the time the picture is left as it is"


def test_di_and_si_commute():
    images = pictures(2)
    (di,), si = drawn("di", images, 1), drawn("si", images, 1)
    for scale in si:
        torch.testing.assert_close(di(scale(images)), scale(di(images)))


@pytest.mark.parametrize("names", [["di"], ["si"], ["di", "ti", "si"]])
def test_views_hold_for_an_iteration_and_are_drawn_anew_for_the_next(names):
    images = torch.rand(1, 3, 24, 24, dtype=torch.float64)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 24 * 24, 5)).double()
    probe = probe_of(names, network, images, torch.tensor([0]))
    one, again = (probe.member(0, images)[0] for _ in range(2))
    assert torch.equal(one, again)
    changed = []
    for _ in range(8):
        probe.renew()
        changed.append(not torch.equal(probe.member(0, images)[0], one))
    assert any(changed) == ("di" in names)


def test_weights_under_views_follow_the_picture_itself():
    surrogates, images = jury(), pictures(2)
    labels = verdicts(surrogates, images)
    frames = list(iterate("ensemblefool-a", surrogates, images, labels, steps=3, transforms=("di", "si")))
    for frame in frames[1:]:
        torch.testing.assert_close(frame.weights, frame.confidence / frame.confidence.sum(0))
    assert frames[-1].cost == 3 * 3 * 5
    assert frames[-1].queries == 3 * 3 * 6, "five views, and once the picture"
