"""Large batches in portions, and graphs one at a time: the same pictures and frames, and a bounded memory."""

import pytest
import torch
from small import CLASSES, SIDE, jury, pictures, smooth, verdicts
from torch import nn

from demo.attacks import RECIPES, craft, iterate, smallest_epsilon
from demo.attacks import at_once as limits
from demo.attacks.at_once import AtOnce, at_once
from demo.attacks.probe import Probe
from demo.attacks.task import Task
from demo.measure.graphs import held

AREA = SIDE**2
EPSILON = 8 / 255
MEMBERS = 3
TRANSFORMED = [name for name, recipe in RECIPES.items() if any(knob.name == "transforms" for knob in recipe.knobs)]


def knobs(name, stack=()):
    own = {"queries": 240} if RECIPES[name].idea == "ask" else {}
    return own | ({"transforms": stack} if stack else {})


def frames(name, count, **options):
    surrogates, images = jury(MEMBERS), pictures(count)
    return list(iterate(name, surrogates, images, verdicts(surrogates, images), **{"epsilon": EPSILON, **options}))


def same(one, other):
    if isinstance(one, torch.Tensor):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    else:
        assert one == other


APART, TOGETHER = 2, 2 * MEMBERS
"""Two pictures at once fit, times one graph or all."""
CASES = [
    *((name, (), APART) for name in RECIPES),
    *((name, (), TOGETHER) for name in RECIPES),
    *((name, ("di", "si"), APART) for name in TRANSFORMED),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "stack", "fit"), CASES)
def test_portions_and_graphs_apart_change_nothing(name, stack, fit, monkeypatch):
    options = {"steps": 2, "seed": 4, **knobs(name, stack)}
    whole = frames(name, 3, **options)
    monkeypatch.setattr(limits, "PIXELS", fit * AREA)
    assert at_once(jury(MEMBERS), pictures()) == AtOnce(2, apart=fit == APART)
    cut = frames(name, 3, **options)
    for one, other in zip(whole, cut, strict=True):
        for key in ("adversarial", "logits", "losses", "confidence", "fooled", "weights", "cost", "step"):
            same(getattr(one, key), getattr(other, key))
        assert other.queries >= one.queries
    surrogates, images = jury(MEMBERS), pictures(3)
    same(craft(name, surrogates, images, verdicts(surrogates, images), epsilon=EPSILON, **options), cut[-1].adversarial)


@pytest.mark.parametrize("name", RECIPES)
def test_frames_of_portions_have_the_same_details(name, monkeypatch):
    options = {"steps": 2, "epsilon": EPSILON / 100, **knobs(name)}  # nobody falls: what is finished is told no more
    whole = frames(name, 3, **options)
    monkeypatch.setattr(limits, "PIXELS", APART * AREA)
    for one, other in zip(whole, frames(name, 3, **options), strict=True):
        same(dict(one.details), dict(other.details))


@pytest.mark.parametrize("targeted", [False, True])
def test_the_smallest_epsilon_is_searched_in_portions(targeted, monkeypatch):
    surrogates, images = jury(MEMBERS), pictures(5)
    labels = (verdicts(surrogates, images) + targeted) % CLASSES
    options = {"steps": 2, "bisections": 6, "targeted": targeted}
    whole = smallest_epsilon("mi-fgsm", surrogates, images, labels, **options)
    monkeypatch.setattr(limits, "PIXELS", 2 * MEMBERS * AREA)
    same(vars(whole), vars(smallest_epsilon("mi-fgsm", surrogates, images, labels, **options)))


@pytest.mark.parametrize("name", RECIPES)
def test_what_graphs_apart_cost_is_what_hooks_count(name, monkeypatch):
    monkeypatch.setattr(limits, "PIXELS", 2 * AREA)
    surrogates, images = jury(MEMBERS), pictures(2)
    labels, counts = verdicts(surrogates, images), {"forwards": 0, "backwards": 0}

    def forward(module, given, output):
        counts["forwards"] += len(output) // len(images)

    def backward(*_):
        counts["backwards"] += 1

    for surrogate in surrogates:
        surrogate.register_forward_hook(forward)
        surrogate[0].register_full_backward_hook(backward)
    asks = RECIPES[name].idea == "ask"  # where variants share a batch, hooks can tell their number while all stand
    options = {"steps": 3, "epsilon": 1e-4 if asks else EPSILON, **knobs(name)}
    craft(name, surrogates, images, labels, **options)
    spent = dict(counts)
    *_, last = iterate(name, surrogates, images, labels, **options)
    assert (last.queries, last.cost) == (spent["forwards"], spent["backwards"])


def deep(seed):
    """Most of what its graph holds comes from layers of its own."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = [layer for _ in range(4) for layer in (nn.Conv2d(8, 8, 3, padding=1), nn.Tanh())]
        return nn.Sequential(nn.Conv2d(3, 8, 1), *layers, nn.Flatten(), nn.Linear(8 * AREA, CLASSES)).double().eval()


def most(name, surrogates, images):
    labels = verdicts(surrogates, images)
    with held([one for surrogate in surrogates for one in surrogate.parameters()]) as count:
        craft(name, surrogates, images, labels, epsilon=EPSILON, steps=1, **knobs(name))
    return count.most


GRADIENTS = [name for name, recipe in RECIPES.items() if recipe.idea != "ask"]


@pytest.mark.parametrize("name", GRADIENTS)
def test_graphs_apart_take_the_memory_of_one(name, monkeypatch):
    surrogates, images = [deep(seed) for seed in range(6)], pictures(2)
    one = most("mi-fgsm", surrogates[:1], images)
    monkeypatch.setattr(limits, "PIXELS", 2 * AREA)
    assert at_once(surrogates, images).apart
    assert most(name, surrogates, images) <= 1.1 * one


def test_graphs_together_take_the_memory_of_all():
    surrogates, images = [deep(seed) for seed in range(6)], pictures(2)
    assert most("mi-fgsm", surrogates, images) > 5.5 * most("mi-fgsm", surrogates[:1], images)


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_large_batch_takes_the_memory_of_a_portion(name, monkeypatch):
    surrogates, images = [deep(seed) for seed in range(2)], pictures(6)
    portion = most(name, surrogates, images[:2])
    monkeypatch.setattr(limits, "PIXELS", 2 * 2 * AREA)
    assert most(name, surrogates, images) <= 1.1 * portion


class Lottery(nn.Module):
    """Answers by lot; it may say so."""

    def __init__(self, random):
        super().__init__()
        self.inner, self.calls = smooth(0), 0
        if random:
            self.random = True

    def forward(self, images):
        self.calls += 1
        return self.inner(images) * (1 + self.calls)


@pytest.mark.parametrize("says_so", [False, True])
def test_whoever_answers_by_lot_is_asked_once_a_gradient(says_so, monkeypatch):
    monkeypatch.setattr(limits, "PIXELS", AREA)
    lottery, images = Lottery(says_so), pictures(1)
    labels = torch.zeros(1, dtype=torch.int64)
    probe = Probe([lottery, smooth(1)], Task(images, labels, EPSILON, 1, EPSILON), (), torch.Generator())

    def loss(logits):
        return nn.functional.cross_entropy(logits.mean(0), labels, reduction="none")

    for _ in range(2):
        gradient, logits = probe.fused(images, loss)
        leaf = images.clone().requires_grad_()
        answers = torch.stack([lottery.inner(leaf) * (1 + lottery.calls), smooth(1)(leaf)])
        same(logits, answers.detach())
        same(gradient, torch.autograd.grad(loss(answers).sum(), leaf)[0])
    # Who does not say so is found out by the second answer, once.
    assert lottery.calls == (2 if says_so else 4)


def test_whoever_looks_at_more_pixels_than_it_is_shown_says_so():
    class Enlarging(nn.Module):
        size = 4 * SIDE

    few = at_once([smooth(0)], pictures(1)).pictures
    assert at_once([Enlarging()], pictures(1)).pictures == few // 16


def test_a_gpu_takes_as_many_as_fit_half_its_memory(monkeypatch):
    class Images:
        device = torch.device("cuda", 0)

        def __getitem__(self, _):
            return torch.empty(1000, 1000)

    memory = type("Properties", (), {"total_memory": 2 * limits.BYTES * 10**6 * 64})
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: memory)
    assert at_once([smooth(0)] * 4, Images()) == AtOnce(16)
