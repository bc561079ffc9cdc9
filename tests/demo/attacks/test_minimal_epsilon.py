"""The search for the smallest epsilon against borders whose distance is known."""

import pytest
import torch
from small import jury, linear, pictures, verdicts

from demo.attacks import RECIPES, iterate, smallest_epsilon
from demo.attacks.looks import majority


def border():
    """Two classes, linear: the nearest border is |margin| / ‖w‖₁ away, and FGSM's direction is exact."""
    networks = [linear(seed, classes=2, scale=0.3) for seed in range(2)]
    images = pictures(5) * 0.4 + 0.3
    slope = networks[0].slope[1] - networks[0].slope[0]
    logits = networks[0](images)
    labels = logits.argmax(-1)
    distance = (logits[:, 1] - logits[:, 0]).abs() / slope.abs().sum()
    return networks, images, labels, distance.detach()


def test_finds_the_distance_to_the_border():
    networks, images, labels, distance = border()
    found = smallest_epsilon("fgsm", networks[:1], images, labels)
    assert (distance < 0.3).all()
    torch.testing.assert_close(found.epsilon, distance, rtol=1e-5, atol=0)
    assert (found.epsilon >= distance).all(), "what is reported did fool"
    assert (networks[0](found.pictures).argmax(-1) != labels).all()
    torch.testing.assert_close((found.pictures - images).abs().amax((1, 2, 3)), found.epsilon)


def test_targeted_and_iterated():
    networks, images, labels, distance = border()
    found = smallest_epsilon("mi-fgsm", networks[:1], images, 1 - labels, targeted=True, bisections=12)
    torch.testing.assert_close(found.epsilon, distance, rtol=1e-3, atol=0)


def test_each_picture_is_searched_as_if_alone():
    networks, images = jury(), pictures(4)
    labels = verdicts(networks, images)
    options = {"growth": 8, "bisections": 6, "steps": 3, "seed": 2}
    together = smallest_epsilon("pgd", networks, images, labels, **options)
    for i in range(4):
        alone = smallest_epsilon("pgd", networks, images[i : i + 1], labels[i : i + 1], **options)
        assert float(alone.epsilon) == float(together.epsilon[i])
        torch.testing.assert_close(alone.pictures[0], together.pictures[i], rtol=0, atol=1e-12)


def test_wrong_from_the_start_and_out_of_reach():
    networks, images, labels, distance = border()
    labels[0] = 1 - labels[0]
    reach = float(distance[1:].min()) / 2
    found = smallest_epsilon("fgsm", networks[:1], images, labels, first=reach, growth=1)
    assert float(found.epsilon[0]) == 0
    assert found.epsilon[1:].isinf().all()
    assert torch.equal(found.pictures, images)


def test_the_whole_range_is_tried_once():
    networks, images, labels, _ = border()
    asked = []

    def stubborn(pixels):
        asked.append(len(pixels))
        return torch.nn.functional.one_hot(labels[: len(pixels)], 5).to(pixels)

    found = smallest_epsilon("fgsm", networks, images, labels, judge=stubborn, first=0.5, growth=64, bisections=0)
    assert found.epsilon.isinf().all()
    assert len(asked) == 3, "the clean pictures, 0.5 and 1"


def test_a_verdict_of_ones_own_decides():
    networks, images, labels, _ = border()
    shown = []

    def verdict(pictures, wanted):
        shown.append(wanted)
        return (pictures - images).abs().flatten(1).amax(1) > 0.101

    found = smallest_epsilon("fgsm", networks[:1], images, labels, verdict=verdict, first=0.05, growth=4, bisections=0)
    assert found.epsilon.tolist() == pytest.approx([0.2] * 5), "0.05 and 0.1 move no picture by more than 0.1"
    assert all(torch.equal(wanted, labels) for wanted in shown)
    with pytest.raises(ValueError, match="give one of them"):
        smallest_epsilon("fgsm", networks[:1], images, labels, verdict=verdict, judge=networks[1])


def test_a_judge_apart_from_the_surrogates():
    networks, images, _, _ = border()
    surrogate, judge = networks
    labels = judge(images).argmax(-1)
    found = smallest_epsilon("fgsm", [surrogate], images, labels, judge=judge)
    fooled = found.epsilon.isfinite()
    assert torch.equal(judge(found.pictures).argmax(-1) != labels, fooled)


@pytest.mark.parametrize(("name", "knobs"), [("deepfool", {}), ("mora", {"mode": "logits"}), ("apgd-ce", {})])
def test_fooled_is_what_the_attack_itself_takes_for_it(name, knobs):
    """All three aim at the mean of logits, and leave a picture alone, or prefer it, once that has turned."""
    networks, images = jury(), pictures(6)
    labels = torch.stack([network(images) for network in networks]).mean(0).argmax(-1)
    found = smallest_epsilon(name, networks, images, labels, bisections=6, **knobs)
    assert found.epsilon.isfinite().all()
    after = torch.stack([network(found.pictures) for network in networks]).mean(0).argmax(-1)
    assert (after != labels).all()


def test_labels_that_the_judge_does_not_know():
    networks, images, labels, _ = border()
    with pytest.raises(ValueError, match="Label 9 is out of range"):
        smallest_epsilon("fgsm", networks, images, labels + 8 * (labels == 1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"growth": 0}, "growth is 0: use a whole number from 1 to 64"),
        ({"bisections": 1.5}, "bisections is 1.5"),
        ({"first": 0}, "first is 0: use a number above 0"),
        ({"judge": [print]}, "judge must be one callable from pixels to logits, not list"),
        ({"momentum": 1.0}, "FGSM has no knob 'momentum'"),
    ],
)
def test_bad_input(wrong, message):
    networks, images, labels, _ = border()
    with pytest.raises(ValueError, match=message):
        smallest_epsilon("fgsm", networks, images, labels, **wrong)


def by_lot(network, share, seed=0):
    """Answers as the network does, but for a share of its looks, in which it says anything but the label."""
    generator = torch.Generator().manual_seed(seed)

    def judge(pixels):
        logits = network(pixels)
        return -logits if float(torch.rand((), generator=generator)) < share else logits

    return judge


@pytest.mark.parametrize("says_so", [False, True])
def test_an_unlucky_look_is_no_fall(says_so):
    images = pictures(3)
    network = jury(1)[0]
    labels = network(images).argmax(-1)
    judge = by_lot(lambda pixels: torch.nn.functional.one_hot(labels[: len(pixels)], 5) * 9.0, 0.3)
    if says_so:
        judge.random = True
    found = smallest_epsilon("fgsm", [network], images, labels, judge=judge, growth=12, bisections=5)
    assert found.epsilon.isinf().all()
    assert torch.equal(found.pictures, images)


@pytest.mark.parametrize("says_so", [False, True])
def test_who_answers_by_lot_falls_about_where_the_network_does(says_so):
    images = pictures(3)
    network = jury(1)[0]
    labels = network(images).argmax(-1)
    judge = by_lot(network, 0.1)
    if says_so:
        judge.random = True
    expected = smallest_epsilon("fgsm", [network], images, labels).epsilon
    found = smallest_epsilon("fgsm", [network], images, labels, judge=judge).epsilon
    torch.testing.assert_close(found, expected, rtol=0.02, atol=0)


@pytest.mark.parametrize("count", range(21))
def test_fifteen_of_twenty_looks_are_more_than_chance(count):
    assert bool(majority(torch.tensor([count]), 20)) == (count >= 15)


class ByLot(torch.nn.Module):
    """A surrogate that says anything but the label in a share of its looks, and says that it draws."""

    random = True

    def __init__(self, network, share):
        super().__init__()
        self.network, self.share = network, share
        self.generator = torch.Generator().manual_seed(1)

    def forward(self, pixels):
        logits = self.network(pixels)
        return -logits if float(torch.rand((), generator=self.generator)) < self.share else logits


@pytest.mark.parametrize("name", ["deepfool", "mora", "nes", "spsa"])
def test_an_unlucky_look_finishes_no_picture(name):
    """A step far too small to fool: who stops at a lucky look has stopped for nothing."""
    network = jury(1)[0]
    images = pictures(2)
    labels = network(images).argmax(-1)
    options = {"queries": 4000} if name in ("nes", "spsa") else {}
    surrogates = [ByLot(network, 0.3)] * RECIPES[name].members
    *_, last = iterate(name, surrogates, images, labels, epsilon=1e-6, steps=12, seed=0, **options)
    asked = [ByLot(network, 0.0)] * RECIPES[name].members
    *_, honest = iterate(name, asked, images, labels, epsilon=1e-6, steps=12, seed=0, **options)
    assert last.cost == honest.cost
    assert last.queries >= honest.queries / 2
