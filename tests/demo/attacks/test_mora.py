"""MORA against Eq. 9, 11 and 12 and Algorithm 1."""

import math

import pytest
import torch
from small import CLASSES, judged, jury, pictures, smooth, verdicts
from torch.nn import functional as F

from demo.attacks import craft, iterate
from demo.attacks.mora_weights import log_importance

EPSILON = 8 / 255
TEMPERATURES = {"softmax": 1.0, "voting": 0.1}


def runner_up(z, label):
    return z.scatter(-1, torch.tensor([label]), -torch.inf).argmax()


@pytest.mark.parametrize("toward", [False, True])
@pytest.mark.parametrize("mode", TEMPERATURES)
def test_lambda_is_autograds_derivative_of_equation_9(mode, toward):
    """k_E as a function of k_m: sub-model m's label logit is written as its runner-up's plus (minus) k_m."""
    logits = torch.randn(3, 40, CLASSES, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 0.7
    labels, checked = torch.arange(40) % CLASSES, 0
    got = log_importance(logits, labels, mode, TEMPERATURES[mode], toward).exp()
    for m in range(3):
        for n in range(40):
            z, label = logits[m, n], int(labels[n])
            best = runner_up(z, label)
            k = (z[best] - z[label] if toward else z[label] - z[best]).clone().requires_grad_()
            moved = z[best] - k if toward else z[best] + k
            others = torch.arange(CLASSES) != label
            written = torch.where(others, z, moved)
            answer = (written / TEMPERATURES[mode]).softmax(-1)
            margin = answer[best] - answer[label] if toward else answer[label] - answer[best]
            (derivative,) = torch.autograd.grad(margin / 3, k)
            expected = float(derivative) if k > 0 else 0.0
            checked += expected > 0
            assert float(got[m, n]) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert checked > 10


def test_lambda_of_summed_logits_is_one_for_whoever_stands():
    logits = torch.tensor([[[2.0, 1, 0]], [[1.0, 2, 0]]])
    assert log_importance(logits, torch.tensor([0]), "logits", 1.0, False).exp().flatten().tolist() == [1, 0]
    assert log_importance(logits, torch.tensor([0]), "logits", 1.0, True).exp().flatten().tolist() == [0, 1]


def test_shares_survive_where_lambda_itself_underflows():
    networks = [lambda x, s=s: x.flatten(1)[:, :CLASSES] + torch.tensor([s, 0, 0, 0, 0.0]) for s in (300.0, 310.0)]
    images = pictures(1).float() * 0.1
    frame = next(iter(iterate("mora", networks, images, torch.tensor([0]), mode="voting")))
    assert frame.details["lambda"].max() == 0, "exp(-3000) is nothing in float32"
    assert frame.weights.flatten().tolist() == pytest.approx([1, 0])


def paper_loss(z, labels, mode, beta, toward):
    """Eq. 11 and 12 as printed, λ by autograd-checked closed form, on raw (not rescaled) λ."""
    temperature = TEMPERATURES.get(mode, 1.0)
    weights = log_importance(z.detach(), labels, mode, temperature, toward).exp()
    ens = z if mode == "logits" else (z / temperature).softmax(-1)

    def norm(v):
        label = v.gather(-1, labels.unsqueeze(-1))
        other = v.scatter(-1, labels.unsqueeze(-1), -torch.inf).amax(-1, keepdim=True)
        margin = (other - label if toward else label - other).detach()
        return torch.where(margin > 0, v / margin, 0)

    blend = beta * norm((weights.unsqueeze(-1) * z).sum(0)) + (1 - beta) * norm(ens.mean(0))
    return F.cross_entropy(blend, labels, reduction="none")


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("mode", ["softmax", "voting", "logits"])
@pytest.mark.parametrize(("targeted", "carried"), [(False, True), (True, True), (False, False)])
def test_walks_by_algorithm_1(mode, beta, targeted, carried):
    networks, images = jury(), pictures(4)
    labels = (verdicts(networks, images) + targeted) % CLASSES
    steps, inertia = 6, 0.75
    options = {"epsilon": EPSILON, "steps": steps, "targeted": targeted, "mode": mode, "beta": beta, "seed": 2}
    options["carried"] = carried  # as printed; or each stride from the picture, as the authors' code has it
    frames = list(iterate("mora", networks, images, labels, **options))

    def project(x):
        return x.clamp(images - EPSILON, images + EPSILON).clamp(0, 1)

    x = before = aim = frames[0].adversarial
    for i in range(steps):
        torch.testing.assert_close(frames[i].adversarial, x, rtol=0, atol=1e-12)
        leaf = x.clone().requires_grad_()
        z = torch.stack([network(leaf) for network in networks])
        sign = -1 if targeted else 1
        (gradient,) = torch.autograd.grad(sign * paper_loss(z, labels, mode, beta, targeted).sum(), leaf)
        fallen = judged(z.detach(), labels, mode, targeted)
        assert torch.equal(frames[i].details["standing"], ~fallen)
        alpha = EPSILON * (1 + math.cos(i * math.pi / steps))
        aim = project((aim if carried else x) + alpha * gradient.sign())
        moved = project(x + inertia * (aim - x) + (1 - inertia) * (x - before))
        x, before = torch.where(fallen.view(-1, 1, 1, 1), x, moved), x
    torch.testing.assert_close(frames[-1].adversarial, x, rtol=0, atol=1e-12)


def test_voting_is_judged_by_votes_not_by_probabilities():
    """One sub-model is certain of another class, two lean to the label: the mean has turned, the vote has not."""
    answers = torch.tensor([[0.0, 9, 0], [0.3, 0, 0], [0.3, 0, 0]], dtype=torch.float64)
    networks = [lambda x, a=a: x.flatten(1)[:, :3] * 0 + a for a in answers]
    images, labels = pictures(1), torch.tensor([0])
    standing = {
        mode: bool(next(iter(iterate("mora", networks, images, labels, mode=mode))).details["standing"])
        for mode in ("softmax", "voting", "logits")
    }
    assert standing == {"softmax": False, "voting": True, "logits": False}


def test_the_fallen_are_frozen_and_cost_nothing_once_all_have_fallen():
    networks, images = jury(), pictures(6)
    labels = verdicts(networks, images)
    frames = list(iterate("mora", networks, images, labels, epsilon=48 / 255, steps=12))
    fell = {}
    for frame in frames[:-1]:
        for n in (~frame.details["standing"]).nonzero().flatten().tolist():
            fell.setdefault(n, frame.adversarial[n])
    assert len(fell) == 6
    for n, picture in fell.items():
        assert torch.equal(frames[-1].adversarial[n], picture)
    assert frames[-1].cost < 12 * 3


def test_beats_pgd_on_ensembles_whose_gradients_conflict():
    """Equal iterations; probabilities are averaged, and PGD climbs just that average's loss."""
    fallen = {"mora": 0, "pgd": 0}
    for trial in range(4):
        networks, images = [smooth(100 * trial + k) for k in range(3)], pictures(32, seed=trial)
        with torch.no_grad():
            for network in networks:
                network[-1].weight *= 3  # sure of themselves: softmax hides the gradients of the surest
        labels, before = verdicts(networks, images), dict(fallen)
        for name, knobs in (("mora", {}), ("pgd", {"fusion": "predictions"})):
            result = craft(name, networks, images, labels, epsilon=EPSILON, steps=8, seed=trial, **knobs)
            z = torch.stack([network(result) for network in networks])
            fallen[name] += int(judged(z, labels, "softmax", False).sum())
        assert fallen["mora"] - before["mora"] >= fallen["pgd"] - before["pgd"]
    assert fallen["mora"] > 1.1 * fallen["pgd"]
