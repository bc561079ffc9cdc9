"""The measurements of growth, of memory, of public libraries and of a GPU: what they count, and what they say."""

import argparse
import sys
import types
from functools import partial

import pytest
import torch

from demo import benchmark
from demo.attacks import craft
from demo.measure import gpu, libraries, memory, peers, scale
from demo.measure.graphs import held
from demo.measure.libraries import PEERS
from demo.measure.overhead import noise
from models import Classifier

TURNS = argparse.Namespace(repeats=2, clock="processor", epsilon=8.0, steps=3)


def small(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Tanh(), torch.nn.Flatten())
        network.append(torch.nn.Linear(4 * 36, 5))
    return Classifier(network.eval().requires_grad_(False), "abcde")


def test_what_a_graph_holds_is_counted_while_it_holds_it():
    given = torch.rand(10, dtype=torch.float64, requires_grad=True)
    with held() as count:
        once = given.tanh()  # keeps its answer
        twice = once.tanh()
        assert count.now == 2 * 80
        more = once * once  # keeps what is kept already
        assert count.now == 2 * 80
        (twice.sum() + more.sum()).backward()
        assert count.now == 0
        assert count.most == 2 * 80
        lost = given.exp()
        assert count.now == 80
        del lost
        assert count.now == 0, "a graph that nobody wants any more holds nothing"
    with held([given]) as count:
        given * given.detach()
        assert count.now == 0


def test_graphs_apart_hold_less_and_make_the_same_pictures():
    jury, pictures = memory.copies(small(), 4), noise(2, 8)
    torch.testing.assert_close(memory.attack(jury, pictures, True), memory.attack(jury, pictures, False))
    alone, together = (memory.bytes_held(jury, pictures, apart) for apart in (True, False))
    assert memory.bytes_held(jury[:1], pictures, False) * 3.5 < together
    assert alone < together / 2
    assert len(memory.slower(jury, pictures, TURNS)) == 2


def test_a_straight_line_has_the_exponent_1():
    assert scale.exponent([1, 2, 4], [3, 6, 12]) == pytest.approx(1)
    assert scale.exponent([1, 10, 100], [2, 200, 20000]) == pytest.approx(2)


def test_every_load_is_timed_in_every_turn():
    loads = [scale.Load(1, 1, 8, 1), scale.Load(2, 1, 8, 3)]
    times = scale.turns("i-fgsm", small(), loads, TURNS)
    assert [len(turn) for turn in times] == [2, 2]


@pytest.mark.parametrize(("axis", "field"), [(axis, field) for axis, (field, _) in scale.AXES.items()])
def test_what_grows_is_what_the_field_sets(axis, field):
    one, other = (getattr(scale.Load(**{field: value}), axis) for value in (2, 4))
    assert other / one == (4 if axis == "pixels" else 2)


def test_every_attack_that_is_measured_begins_with_as_many_surrogates_as_it_needs(monkeypatch):
    monkeypatch.setattr(scale, "AXES", {"surrogates": ("surrogates", (1, 2, 4))})
    monkeypatch.setattr(scale, "Load", partial(scale.Load, side=8))
    monkeypatch.setattr(scale.models, "load", lambda _: small())
    options = argparse.Namespace(repeats=1, clock="processor", attacks=list(scale.ATTACKS))
    rows = [line.split(" | ") for line in scale.measured(options) if line.startswith("| ")][1:]
    assert [row[2:4] for row in rows] == [["1", "4"], ["2", "4"]]


def library_of(kind):
    """Its one attack remembers how it was called, and gives the pictures back."""
    called = []

    def attacking(network, **settings):
        called.append(settings)
        return lambda pictures, labels: pictures + network(pictures).sum() * 0

    return called, types.SimpleNamespace(**{kind: attacking})


@pytest.mark.parametrize(("attack", "kind"), [("mi-fgsm", "MIFGSM"), ("pgd", "PGD")])
def test_a_library_gets_the_settings_that_we_have(attack, kind):
    called, library = library_of(kind)
    surrogates, images = [small(0), small(1)], noise(4, 8)
    labels = torch.zeros(4, dtype=torch.long)
    theirs, ours = peers.both(attack, PEERS["torchattacks"][attack], library, (surrogates, surrogates), TURNS)
    step = 8 / 255 / (3 if attack == "mi-fgsm" else 4)
    assert called == [{"eps": 8 / 255, "alpha": step, "steps": 3}]
    assert torch.equal(theirs(images, labels), images)
    assert torch.equal(ours(images, labels), craft(attack, surrogates, images, labels, epsilon=8 / 255, steps=3))
    assert len(peers.turns((theirs, ours), images, labels, TURNS)) == 2
    right = peers.MeanLogits(surrogates)(images).argmax(1)
    jury, apart = peers.told(theirs, surrogates, surrogates[:1], images, right, 8)
    assert jury.startswith("0.0 ("), "pictures that were not changed fool nobody"
    assert "(" in apart


def test_a_library_that_takes_the_jury_apart_gets_it_whole(monkeypatch):
    class Theirs:
        def __init__(self, names, epsilon, alpha, epoch, random_start, r_size):
            assert (len(names), epoch, random_start) == (2, 3, False)
            assert (alpha, r_size) == (2 * epsilon / 3, epsilon / 15)
            self.epsilon, self.jury = epsilon, self.load_model(names)

        def __call__(self, pictures, labels):
            assert pictures.cuda() is pictures or torch.cuda.is_available()
            return torch.full_like(pictures, -self.epsilon * len(self.jury) / 2)

    for name, inside in (("utils", {"EnsembleModel": list}), ("ensemble.cwa", {"CWA": Theirs})):
        module = types.ModuleType(f"transferattack.{name}")
        vars(module).update(inside)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for name in ("transferattack", "transferattack.ensemble"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    images, labels = torch.full((2, 3, 8, 8), 0.5), torch.zeros(2, dtype=torch.long)
    jury = [small(), small(1)]
    theirs, _ = peers.both("cwa", PEERS["transferattack"]["cwa"], None, (jury, jury), TURNS)
    assert torch.equal(theirs(images, labels), images - 8 / 255)


def test_moras_authors_get_the_jury_as_they_attack_it():
    class Theirs:
        def __init__(self, jury, n_iter, eps, device, loss, decay_step, version):
            assert (n_iter, loss, decay_step) == (3, "ce", "cosine")
            self.jury, self.epsilon = jury, eps

        def perturb(self, pictures, labels, scale):
            *members, one, other = self.jury(pictures)
            assert scale == 0.5
            assert torch.equal(one, other)
            torch.testing.assert_close(one.exp(), torch.stack([logits.softmax(-1) for logits in members]).mean(0))
            return labels, pictures - self.epsilon, []

    images, labels = torch.full((2, 3, 8, 8), 0.5), torch.zeros(2, dtype=torch.long)
    jury = [small(), small(1)]
    library = types.SimpleNamespace(MORAAttack=Theirs)
    theirs, _ = peers.both("mora", PEERS["mora_attack"]["mora"], library, (jury, jury), TURNS)
    assert torch.equal(theirs(images, labels), images - 8 / 255)


def test_a_library_that_is_unknown_or_not_installed_is_said_to_be(monkeypatch):
    with pytest.raises(SystemExit, match="Nobody here knows how to call 'nothing': use one of torchattacks"):
        benchmark.main(["peers", "nowhere.zip", "--peer", "nothing"])

    def absent(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(libraries.importlib, "import_module", absent)
    with pytest.raises(SystemExit, match=r"foolbox cannot be imported \(No module named 'foolbox'\): pip install"):
        benchmark.main(["peers", "nowhere.zip", "--peer", "foolbox"])


def test_without_a_gpu_its_benchmark_says_why_it_measures_nothing(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    benchmark.main(["gpu"])
    assert capsys.readouterr().out.splitlines()[0] == gpu.ABSENT
    with pytest.raises(SystemExit, match="no table to keep"):
        benchmark.main(["gpu", "--save"])


def test_a_jury_agrees_with_itself():
    jury = [small(0), small(1)]
    assert gpu.agreeing(jury, jury, noise(4, 8), 2) == 1
