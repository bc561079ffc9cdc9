"""FGSM and its kin, C&W, DeepFool and APGD against their papers' formulas, in numpy on linear networks."""

import numpy as np
import pytest
import torch
from small import Paper, jury, linear, n1, pictures, smooth, verdicts

from demo.attacks import craft, iterate
from demo.attacks.directions import Ascent
from demo.attacks.objectives import FUSIONS, logits_ratio, margin
from demo.attacks.steps import SignStep, unit_mean
from demo.attacks.task import Task

EPSILON = 8 / 255


def two_classes():
    """Linear networks with two classes: their fused loss rises along one fixed direction, so a corner is optimal."""
    networks = [linear(seed, classes=2, scale=0.2) for seed in range(3)]
    images = pictures(4)
    return networks, images, verdicts(networks, images)


@pytest.mark.parametrize("name", ["fgsm", "i-fgsm", "mi-fgsm", "ni-fgsm", "pgd", "apgd-ce", "cw"])
def test_finds_the_known_optimum_of_a_linear_ensemble(name):
    networks, images, labels = two_classes()
    slope = torch.stack([network.slope for network in networks]).mean(0).detach()
    ahead = slope[1 - labels] - slope[labels]
    corner = (images + EPSILON * ahead.sign().view_as(images)).clamp(0, 1)
    torch.testing.assert_close(craft(name, networks, images, labels, epsilon=EPSILON), corner, rtol=0, atol=1e-12)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_fusions_against_their_definitions(fusion):
    rng = np.random.default_rng(0)
    z, weights = rng.normal(size=(3, 4, 5)), rng.dirichlet(np.ones(3), size=4).T
    labels = np.array([0, 1, 2, 4])
    shares = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    mean_logits = np.einsum("mn,mnc->nc", weights, z)
    expected = {
        "predictions": -np.log(np.einsum("mn,mnc->nc", weights, shares)[np.arange(4), labels]),
        "logits": np.log(np.exp(mean_logits).sum(-1)) - mean_logits[np.arange(4), labels],
        "losses": (weights * -np.log(shares[:, np.arange(4), labels])).sum(0),
    }[fusion]
    task = Task(pictures(4), torch.tensor(labels), EPSILON, 1, EPSILON)
    got = FUSIONS[fusion](torch.tensor(z), torch.tensor(weights), task.cross_entropy)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-12)


def walk(paper, image, steps, momentum, nesterov):
    step = paper.epsilon / steps
    x, velocity = image.flatten().numpy(), np.zeros(image.numel())
    for _ in range(steps):
        point = x + step * momentum * velocity if nesterov else x
        velocity = momentum * velocity + n1(paper.fused_gradient(point))
        x = paper.project(x + step * np.sign(velocity))
    return x


@pytest.mark.parametrize(("name", "momentum"), [("i-fgsm", 0), ("mi-fgsm", 1), ("mi-fgsm", 0.5), ("ni-fgsm", 1)])
def test_momentum_rules(name, momentum):
    networks, images = [linear(seed, scale=2.0) for seed in range(3)], pictures(2)
    labels = verdicts(networks, images)
    knobs = {"momentum": float(momentum)} if name != "i-fgsm" else {}
    got = craft(name, networks, images, labels, epsilon=EPSILON, steps=6, **knobs)
    for i, image in enumerate(images):
        expected = walk(Paper(networks, image, int(labels[i]), EPSILON), image, 6, momentum, name == "ni-fgsm")
        np.testing.assert_allclose(got[i].flatten().numpy(), expected, atol=1e-12)


def test_pgd_starts_at_one_random_point_for_all_and_steps_a_quarter():
    networks, images = jury(), pictures(3) * 0.6 + 0.2
    first, second, *_ = iterate("pgd", networks, images, verdicts(networks, images), epsilon=EPSILON, seed=3)
    noise = first.adversarial - images
    torch.testing.assert_close(noise[0], noise[1], rtol=0, atol=1e-12)
    assert noise.abs().max() > 0.9 * EPSILON
    moved = (second.adversarial - first.adversarial).abs()
    assert moved.max() <= EPSILON / 4 + 1e-12
    assert moved.median() == pytest.approx(EPSILON / 4)
    still = next(iter(iterate("pgd", networks, images, verdicts(networks, images), random_start=False)))
    assert torch.equal(still.adversarial, images)


def test_unit_mean_of_nothing_is_nothing():
    gradient = torch.stack([torch.zeros(3, 2, 2), torch.ones(3, 2, 2) * 4])
    assert torch.equal(unit_mean(gradient), torch.stack([torch.zeros(3, 2, 2), torch.ones(3, 2, 2)]))


def test_one_settings_object_serves_many_runs():
    step, task = SignStep(1.0), Task(pictures(1), torch.tensor([0]), EPSILON, 2, EPSILON)
    one, other = (step.begin(task, torch.Generator()) for _ in range(2))
    assert one is not other
    assert Ascent() == Ascent()


@pytest.mark.parametrize("targeted", [False, True])
def test_margin_and_ratio_against_their_formulas(targeted):
    z = np.random.default_rng(1).normal(size=(6, 5)) * 3
    labels = np.array([0, 1, 2, 3, 4, 0])
    task = Task(pictures(6), torch.tensor(labels), EPSILON, 1, EPSILON, targeted)
    others = np.array([np.delete(row, label).max() for row, label in zip(z, labels, strict=True)])
    lead = others - z[np.arange(6), labels]
    limited = np.maximum(lead, -2) if targeted else np.minimum(lead, 2)
    np.testing.assert_allclose(margin(2)(task)(torch.tensor(z)).numpy(), limited)
    ranked = -np.sort(-z)
    spread = ranked[:, 0] - (ranked[:, 2:4].mean(-1) if targeted else ranked[:, 2])
    np.testing.assert_allclose(logits_ratio(task)(torch.tensor(z)).numpy(), lead / spread)
    np.testing.assert_allclose(logits_ratio(task)(torch.tensor(1000 * z)).numpy(), lead / spread)


def test_ratio_needs_three_classes():
    networks, images, labels = two_classes()
    with pytest.raises(ValueError, match="3 classes or more; 2 given: use apgd-ce"):
        craft("apgd-dlr", networks, images, labels)


def test_cw_rests_once_it_is_confident_enough():
    networks, images, labels = two_classes()
    options = {"epsilon": 0.3, "steps": 20, "step_size": 0.01, "random_start": False}
    frames = list(iterate("cw", networks, images, labels, confidence=0.5, **options))
    lead = [(frame.logits.mean(0).amax(-1) - frame.logits.mean(0)[range(4), labels]) for frame in frames]
    arrived = lead[-2] >= 0.5
    assert arrived.any()
    assert torch.equal(frames[-2].adversarial[arrived], frames[-1].adversarial[arrived])
    far = craft("cw", networks, images, labels, confidence=50.0, **options)
    went = [(result - images).abs().amax((1, 2, 3))[arrived] for result in (frames[-1].adversarial, far)]
    assert (went[1] > went[0]).all()


def test_deepfool_goes_the_exact_distance_to_a_linear_border():
    networks = [linear(seed, scale=0.5) for seed in range(3)]
    images = pictures(4) * 0.5 + 0.25  # nothing is clipped on so short a way
    labels = torch.stack([network(images) for network in networks]).mean(0).argmax(-1)
    slopes = torch.stack([network.slope for network in networks]).mean(0).detach().numpy()
    logits = torch.stack([network(images) for network in networks]).mean(0).detach().numpy()
    frames = list(iterate("deepfool", networks, images, labels, epsilon=0.2, steps=3, overshoot=0.02))
    for i, label in enumerate(labels.tolist()):
        distances = [
            np.inf if c == label else (logits[i, label] - logits[i, c]) / np.abs(slopes[c] - slopes[label]).sum()
            for c in range(5)
        ]
        assert frames[0].details["toward"][i] == int(np.argmin(distances))
        assert float(frames[0].details["distance"][i]) == pytest.approx(min(distances), rel=1e-9)
        moved = float((frames[1].adversarial[i] - images[i]).abs().max())
        assert moved == pytest.approx((min(distances) + 1e-4) * 1.02, rel=1e-9)
    assert (frames[1].logits.mean(0).argmax(-1) != labels).all()
    assert torch.equal(frames[1].adversarial, frames[-1].adversarial), "what has crossed stays"
    assert frames[-1].cost == 3 * 4  # three surrogates, four borders; the look that finds all across goes not back
    assert frames[-1].queries == 2 * 3  # the step's and that look's


def test_deepfool_counts_only_the_borders_it_measures():
    networks, images = jury(2), pictures(1)
    frames = list(iterate("deepfool", networks, images, verdicts(networks, images), steps=1, candidates=2))
    assert frames[-1].cost == 2 * 2


def conflicted():
    networks, images = [smooth(seed) for seed in (3, 4, 5)], pictures(6, seed=2)
    return networks, images, verdicts(networks, images)


def test_apgd_halves_its_stride_by_algorithm_1():
    networks, images, labels = conflicted()
    steps = 40
    frames = list(iterate("apgd-ce", networks, images, labels, epsilon=64 / 255, steps=steps, seed=2))
    losses = np.array([frame.details["loss"].numpy() for frame in frames[:-1]])  # at x_0 … x_39
    strides = np.array([frame.details["stride"].numpy() for frame in frames[1:]])  # of the moves from them
    for i in range(len(images)):
        checks, interval = [], int(0.22 * steps)
        while sum(checks) + interval < steps:
            checks.append(interval)
            interval = max(interval - int(0.03 * steps), int(0.06 * steps))
        stride, done, halved, best_before = 2 * 64 / 255, 0, True, losses[0, i]
        for length in checks:
            assert np.allclose(strides[done : done + length, i], stride)
            rises = (losses[done + 1 : done + length + 1, i] > losses[done : done + length, i]).sum()
            done += length
            best = losses[: done + 1, i].max()
            halved = rises <= 0.75 * length or (not halved and best <= best_before)
            best_before = best
            stride = stride / 2 if halved else stride
    assert len(np.unique(strides.round(9))) > 2


@pytest.mark.parametrize("name", ["apgd-ce", "apgd-dlr"])
def test_apgd_hands_back_the_best_it_met(name):
    networks, images, labels = conflicted()
    *frames, last = iterate(name, networks, images, labels, epsilon=16 / 255, steps=12, seed=2)

    def merit(frame):
        z = frame.logits.mean(0)
        ranked = z.sort(-1, descending=True).values
        others = z.scatter(-1, labels.unsqueeze(-1), -torch.inf).amax(-1)
        lead = others - z.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        loss = lead / (ranked[:, 0] - ranked[:, 2]) if name == "apgd-dlr" else (-z.log_softmax(-1))[range(6), labels]
        return (z.argmax(-1) != labels) * 100 + loss

    assert (merit(last) >= torch.stack([merit(frame) for frame in frames]).amax(0) - 1e-12).all()
    assert last.cost == 12 * 3
    assert last.queries == 13 * 3, "the last picture is looked at once, without a gradient"
