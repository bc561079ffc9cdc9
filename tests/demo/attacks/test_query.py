"""NES and SPSA: what they estimate, what they may see, and what they spend."""

import numpy as np
import pytest
import torch
from small import jury, pictures, verdicts
from torch.nn import functional as F

from demo.attacks import RECIPES, craft, iterate
from demo.attacks.probe import Probe
from demo.attacks.query import Query, coins, gaussian, lead, surprise
from demo.attacks.task import Task

EPSILON = 8 / 255


def true_gradient(networks, images, labels, gain):
    leaf = images.clone().requires_grad_()
    shares = torch.stack([network(leaf).softmax(-1) for network in networks]).mean(0)
    label = shares.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    if gain is surprise:
        worth = -label.log()
    else:
        worth = shares.scatter(-1, labels.unsqueeze(-1), 0).amax(-1).log() - label.log()
    worth.sum().backward()
    return leaf.grad


@pytest.mark.parametrize(("draw", "worth"), [(gaussian, surprise), (coins, lead)], ids=["nes", "spsa"])
@pytest.mark.parametrize("targeted", [False, True])
def test_estimate_points_where_the_gradient_does(draw, worth, targeted):
    networks, images = jury(2), pictures(3) * 0.6 + 0.2
    labels = (verdicts(networks, images) + targeted) % 5
    task = Task(images, labels, EPSILON, 1, EPSILON, targeted)
    probe = Probe(networks, task, (), torch.Generator().manual_seed(0))
    direction = Query(draw, worth, queries=2 * 2001, radius=1e-3).begin(probe, task)(images, 0).direction
    expected = true_gradient(networks, images, labels, worth) * (-1 if targeted else 1)
    # With P random directions in D dimensions the expected cosine is about sqrt(P / (P + D)).
    floor = np.sqrt(1000 / (1000 + 108)) - 0.03
    assert (F.cosine_similarity(direction.flatten(1), expected.flatten(1)) > floor).all()


@pytest.mark.parametrize("name", ["nes", "spsa"])
def test_needs_answers_only(name):
    networks, images = jury(2), pictures(2)
    labels = verdicts(networks, images)
    seen = []

    def closed(network):  # gives no gradient, and minds what it is shown
        def answer(shown):
            seen.append((shown.detach().min(), shown.detach().max(), shown.requires_grad))
            with torch.no_grad():
                return network(shown.detach())

        return answer

    options = {"epsilon": EPSILON, "steps": 3, "queries": 300}
    result = craft(name, [closed(n) for n in networks], images, labels, **options)
    assert torch.equal(result, craft(name, networks, images, labels, **options))
    assert all(low >= 0 and high <= 1 and not grad for low, high, grad in seen)
    with pytest.raises(ValueError, match=r"no gradient back to the pictures: .*nes, spsa"):
        craft("mi-fgsm", [closed(n) for n in networks], images, labels)


@pytest.mark.parametrize("name", ["nes", "spsa"])
@pytest.mark.parametrize("queries", [1, 50, 333, 1000])
def test_keeps_within_its_budget(name, queries):
    networks, images = jury(3), pictures(1)
    *_, last = iterate(name, networks, images, verdicts(networks, images), epsilon=1e-4, steps=5, queries=queries)
    assert last.cost == 0
    assert last.queries <= queries
    if queries >= 333:
        assert last.queries > 0.9 * queries - 2 * 3 * 5
        assert int(last.details["queries"]) <= last.queries


@pytest.mark.parametrize("name", ["nes", "spsa"])
def test_stops_asking_about_pictures_that_are_there(name):
    networks, images = jury(2), pictures(5)
    labels = verdicts(networks, images)
    labels[0] = (labels[0] + 1) % 5  # wrong from the beginning: one look, and no more
    frames = list(iterate(name, networks, images, labels, epsilon=32 / 255, steps=10, queries=4000))
    assert torch.equal(frames[-1].adversarial[0], images[0])
    assert int(frames[-1].details["queries"][0]) == 2
    there = (frames[-1].logits.softmax(-1).mean(0).argmax(-1) != labels).nonzero().flatten().tolist()
    assert len(there) > 1
    for frame in frames[:-1]:
        shares = frame.logits.softmax(-1).mean(0)
        label = shares[torch.arange(5), labels]
        other = shares.scatter(-1, labels.unsqueeze(-1), 0).amax(-1)
        torch.testing.assert_close(frame.details["margin"], label - other)
    assert (frames[-1].details["queries"][1:] > 2).all()


@pytest.mark.parametrize("name", ["nes", "spsa"])
def test_goes_on_showing_what_it_knows_once_the_budget_is_spent(name):
    networks, images = jury(3), pictures(1)
    frames = list(iterate(name, networks, images, verdicts(networks, images), epsilon=1e-4, steps=40, queries=100))
    assert frames[-1].queries < 100
    assert frames[-1].details.keys() >= {"queries", "gain", "margin"}


def test_default_budget_is_5000():
    for name in ("nes", "spsa"):
        assert {knob.name: knob.default for knob in RECIPES[name].knobs}["queries"] == 5000


def test_forward_passes_are_shared_without_changing_the_outcome(monkeypatch):
    networks, images = jury(2), pictures(2)
    labels = verdicts(networks, images)
    options = {"epsilon": EPSILON, "steps": 2, "queries": 400}
    shared = craft("nes", networks, images, labels, **options)
    monkeypatch.setattr("demo.attacks.query.AT_ONCE", 1)
    torch.testing.assert_close(craft("nes", networks, images, labels, **options), shared, rtol=0, atol=1e-12)
