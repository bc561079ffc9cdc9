"""Recordings: to the bit what the network answers."""

from __future__ import annotations

import copy
import gc

import pytest
import torch
from counting import LEAF, PICTURES, Counting, itself, recorded, slope
from families import families
from torch import Tensor, nn

import models
from models import recordings
from models.classifier import Classifier
from models.prepared import prepare
from models.recordings import LOOKS, answer, record


def test_it_is_recorded_at_the_third_look_whose_slope_is_wanted() -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    answer(network, LEAF)
    network.asked = 1
    for look in range(2, LOOKS):
        answer(network, LEAF)
        assert network.asked == look
    for _ in range(5):
        answer(network, PICTURES)
    assert network.asked == LOOKS - 1 + 5
    answer(network, LEAF)
    asked = network.asked
    answer(network, PICTURES)
    assert network.asked == asked


def test_one_picture_and_several_are_recorded_each_where_they_go_different_ways() -> None:
    network = prepare(Wide().eval().requires_grad_(False), PICTURES[:1])
    for given in (PICTURES, PICTURES[:1]):
        record(network, given)
        asked = network.asked
        assert torch.equal(answer(network, given), itself(network, given))
        assert network.asked == asked + 1, "by itself"
    assert recordings._recorded[network].plays.keys() == {True, False}


def test_it_can_be_recorded_before_anybody_attacks() -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    record(network, PICTURES)
    asked = network.asked
    expected = itself(network, PICTURES)
    assert torch.equal(answer(network, PICTURES), expected)
    record(network, PICTURES)
    assert network.asked == asked + 1


def test_what_has_changed_since_or_was_never_prepared_is_not_recorded() -> None:
    changed = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    changed.last = nn.Linear(4, 5)
    for network in (changed, Counting()):
        record(network, PICTURES)
        assert recordings._recorded.get(network) is None or recordings._recorded[network].plays == {}


@pytest.mark.parametrize("name", families())
def test_every_network_of_ours_is_recorded_and_answers_the_same(name: str) -> None:
    loaded = models.load(name)
    inner = next(part for part in loaded.modules() if type(part) is Classifier)
    side = inner.size or 0
    pictures = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(0))
    for given in (pictures, pictures[:1]):
        for _ in range(LOOKS):
            loaded(given.clone().requires_grad_())
    assert None not in recordings._recorded[inner.network].plays.values()
    for given in (pictures, pictures[:2], pictures[:1]):
        logits, slopes = zip(*(slope(way, given, inner.network) for way in (answer, itself)), strict=True)
        assert torch.equal(*logits)
        assert torch.equal(*slopes)


def test_the_networkitself_is_not_asked(network: Counting) -> None:
    classifier = Classifier(network, "abcde")
    assert torch.equal(classifier(PICTURES), network((PICTURES - classifier.mean) / classifier.std))
    assert network.asked == 1


def test_what_is_done_to_a_weight_in_place_is_seen(network: Counting) -> None:
    network.last.weight.mul_(2)
    network.last.bias.data = torch.ones(5)
    seen = answer(network, PICTURES)
    assert network.asked == 0
    assert torch.equal(seen, network(PICTURES))


def test_a_copy_has_no_recording_and_a_dead_network_leaves_none(network: Counting) -> None:
    copied = copy.deepcopy(network)
    answer(copied, PICTURES)
    assert copied.asked == 1
    before = len(recordings._recorded)
    del copied
    alone = recorded(Counting)
    assert len(recordings._recorded) == before + 1
    del alone
    gc.collect()
    assert len(recordings._recorded) == before


class Wide(Counting):
    """Has a layer of single places that is large enough for oneDNN."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 10_000, 1)
        self.norm = nn.BatchNorm2d(10_000)
        self.last = nn.Linear(10_000, 5)


class Fixed(Counting):
    """A recording of it takes the number of pictures for fixed."""

    def forward(self, given: Tensor) -> Tensor:
        return super().forward(given.reshape(int(given.shape[0]), 3, 8, 8))


class Constant(Counting):
    """Has numbers that are nobody's weights."""

    def forward(self, given: Tensor) -> Tensor:
        return super().forward(given) + torch.linspace(0, 1, 5)


def test_numbers_of_its_own_are_recorded_too() -> None:
    network = recorded(Constant)
    seen = answer(network, PICTURES)
    assert network.asked == 0
    assert torch.equal(seen, network(PICTURES))


@pytest.mark.filterwarnings("error")
def test_what_would_hold_for_one_number_of_pictures_only_is_not_recorded() -> None:
    network = recorded(Fixed)
    for pictures in (PICTURES, PICTURES[:1]):
        answer(network, pictures)
    assert network.asked == 2


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own, of what it works with itself
def test_functions_of_functions_see_through_it(network: Counting) -> None:
    def total(given: Tensor) -> Tensor:
        return answer(network, given.unsqueeze(0)).square().sum()

    found = torch.func.vmap(torch.func.grad(total))(PICTURES)
    torch.testing.assert_close(found, slope(itself, PICTURES, network)[1])
    _, pushed = torch.func.jvp(lambda given: answer(network, given), (PICTURES,), (torch.ones_like(PICTURES),))
    _, wanted = torch.func.jvp(network, (PICTURES,), (torch.ones_like(PICTURES),))
    torch.testing.assert_close(pushed, wanted)
