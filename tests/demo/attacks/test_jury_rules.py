"""EnsembleFool and TREND's votes against their papers' formulas, from the frames' own logits."""

import numpy as np
import pytest
import torch
from small import CLASSES, Paper, jury, linear, n1, pictures, smooth, softmax, verdicts
from torch.nn import functional as F

from demo.attacks import craft, iterate
from demo.attacks.task import Task
from demo.attacks.trend import majority, mean_gradient, mean_sign, unanimous_sign

EPSILON = 8 / 255


def split_jury():
    """Surrogates of which more and more are fooled on the way."""
    networks, images = [smooth(seed) for seed in range(3)], pictures(5)
    return networks, images, verdicts(networks, images)


@pytest.mark.parametrize("fusion", ["logits", "predictions", "losses"])
@pytest.mark.parametrize("targeted", [False, True])
def test_ensemblefool_c_weighs_by_who_is_fooled(fusion, targeted):
    networks, images, labels = split_jury()
    options = {"epsilon": 32 / 255, "steps": 8, "targeted": targeted, "fusion": fusion}
    wanted = (labels + 1) % CLASSES if targeted else labels
    frames = list(iterate("ensemblefool-c", networks, images, wanted, delta_high=6.0, **options))
    np.testing.assert_allclose(frames[0].weights.numpy(), 1 / 3)
    seen: set[int] = set()
    for frame in frames[1:]:
        right = frame.logits.argmax(-1).numpy() == wanted.numpy()
        fooled = right if targeted else ~right
        raw = np.where(fooled, 1.0, 6.0)
        np.testing.assert_allclose(frame.weights.numpy(), raw / raw.sum(0))
        seen.update(fooled.sum(0).tolist())
    assert len(seen) > 1, "the jury was never split: nothing was tested"


def test_ensemblefool_a_weighs_by_remaining_belief():
    networks, images, labels = split_jury()
    frames = list(iterate("ensemblefool-a", networks, images, labels, epsilon=32 / 255, steps=6))
    np.testing.assert_allclose(frames[0].weights.numpy(), 1 / 3)
    for frame in frames[1:]:
        belief = softmax(frame.logits.numpy())[:, np.arange(5), labels.numpy()]
        np.testing.assert_allclose(frame.weights.numpy(), belief / belief.sum(0))


def test_ensemblefool_a_for_a_target_weighs_by_what_is_missing():
    networks, images, labels = split_jury()
    frames = list(iterate("ensemblefool-a", networks, images, labels, epsilon=32 / 255, steps=4, targeted=True))
    for frame in frames[1:]:
        missing = 1 - softmax(frame.logits.numpy())[:, np.arange(5), labels.numpy()]
        np.testing.assert_allclose(frame.weights.numpy(), missing / missing.sum(0))


def test_ensemblefool_moves_by_the_weighted_logits():
    networks = [linear(seed, scale=2.0) for seed in range(3)]
    image, label, epsilon, steps = pictures(1)[0], 2, 16 / 255, 5
    paper = Paper(networks, image, label, epsilon)
    x, velocity = image.flatten().numpy(), 0
    for t in range(steps):
        z = np.array([paper.logits(k, x) for k in range(3)])
        w = softmax(z)[:, label] if t else np.ones(3)
        w = w / w.sum()
        fused = sum(w[k] * paper.slopes[k] for k in range(3)).T @ paper.error(w @ z)
        velocity = velocity + n1(fused)
        x = paper.project(x + epsilon / steps * np.sign(velocity))
    got = craft("ensemblefool-a", networks, image[None], torch.tensor([label]), epsilon=epsilon, steps=steps)
    np.testing.assert_allclose(got[0].flatten().numpy(), x, atol=1e-12)


class _Louder(torch.autograd.Function):
    """Leaves pictures as they are and multiplies gradients: as if the surrogate's loss had been multiplied."""

    @staticmethod
    def forward(ctx, images):
        return images.view_as(images)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 1000


def test_loudness_sways_d_ag_but_not_a_gd():
    networks, images = jury(), pictures(4)
    labels = verdicts(networks, images)
    loud = [networks[0], lambda pictures: networks[1](_Louder.apply(pictures)), networks[2]]
    options = {"epsilon": EPSILON, "steps": 4, "seed": 1}
    for name in ("a-gd", "u-gd"):
        quiet_result = craft(name, networks, images, labels, **options)
        assert torch.equal(craft(name, loud, images, labels, **options), quiet_result)
    swayed = list(iterate("d-ag", loud, images, labels, **options))
    assert not torch.equal(swayed[-1].adversarial, craft("d-ag", networks, images, labels, **options))
    assert (swayed[0].details["followed"][1] > 0.95).all(), "the loud one decides nearly everywhere"
    assert (swayed[0].details["followed"][[0, 2]] < 0.9).all()


def test_votes_by_hand():
    gradients = torch.tensor([[3.0, -1, 0, 2, 1], [1, -2, 0, -9, 1], [2, -1, 0, 1, 0]]).view(3, 1, 5, 1, 1)
    flat = [combine(gradients).flatten().tolist() for combine in (mean_gradient, mean_sign, unanimous_sign)]
    assert flat[0] == pytest.approx([2, -4 / 3, 0, -2, 2 / 3])
    assert flat[1] == pytest.approx([1, -1, 0, 1 / 3, 2 / 3])
    assert flat[2] == [1, -1, 0, 0, 0]


def member_gradients(networks, images, labels):
    found = []
    for network in networks:
        leaf = images.clone().requires_grad_()
        F.cross_entropy(network(leaf), labels, reduction="sum").backward()
        found.append(leaf.grad)
    return torch.stack(found)


@pytest.mark.parametrize("name", ["d-ag", "a-gd", "u-gd"])
def test_votes_step_and_shares(name):
    networks, images = jury(4), pictures(3) * 0.6 + 0.2
    labels = verdicts(networks, images)
    first, second = iterate(name, networks, images, labels, steps=1, epsilon=EPSILON, random_start=False)
    gradients = member_gradients(networks, images, labels)
    ups = (gradients > 0).sum(0)
    expected = {
        "d-ag": gradients.sum(0).sign(),
        "a-gd": (ups - 2.0).sign().double(),
        "u-gd": (ups == 4).double() - (ups == 0).double(),
    }[name]
    torch.testing.assert_close(second.adversarial - images, EPSILON / 4 * expected, rtol=0, atol=1e-12)
    camp = ups.maximum(4 - ups).flatten(1)
    shares = first.details["agreement"]
    torch.testing.assert_close(shares["all"], (camp == 4).double().mean(1))
    torch.testing.assert_close(shares["most"], (camp == 3).double().mean(1))
    torch.testing.assert_close(shares["few"], (camp == 2).double().mean(1))
    for k in range(4):
        same = (gradients[k].sign() == expected).double().mean(dim=(1, 2, 3))
        torch.testing.assert_close(first.details["followed"][k], same)


def test_empir_follows_the_winners_only():
    networks, images, labels = jury(3), pictures(6, seed=4), torch.arange(6) % CLASSES
    first, second = iterate("empir", networks, images, labels, steps=1, epsilon=EPSILON, random_start=False)
    votes = first.logits.argmax(-1)
    gradients = member_gradients(networks, images, labels)
    split = 0
    for n in range(6):
        counts = torch.bincount(votes[:, n], minlength=CLASSES)
        tied = (counts == counts.max()).nonzero().flatten()
        winner = max(tied.tolist(), key=lambda c: float(first.logits.softmax(-1).mean(0)[n, c]))
        joined = votes[:, n] == winner
        split += int(joined.sum() < 3)
        assert first.weights[:, n].tolist() == pytest.approx((joined / joined.sum()).tolist())
        expected = (images[n] + EPSILON / 4 * gradients[joined, n].sum(0).sign()).clamp(0, 1)
        torch.testing.assert_close(second.adversarial[n], expected, rtol=0, atol=1e-12)
    assert split > 0, "the jury was never split: nothing was tested"


def test_majority_breaks_ties_by_the_mean_probability():
    logits = torch.tensor([[[4.0, 0, 0]], [[0, 9, 0]], [[0, 0, 2]]])
    task = Task(pictures(1), torch.tensor([0]), EPSILON, 1, EPSILON)
    assert majority(logits, task, 0)[:, 0].tolist() == [0, 1, 0]
