"""Recordings: to the bit what the network answers, and never instead of it where it would do something else."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
import torch
from families import families
from torch import Tensor, nn

import models
from models import recordings
from models.classifier import Classifier
from models.prepared import prepare
from models.recordings import LOOKS, answer

PICTURES = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
LEAF = PICTURES.clone().requires_grad_()


class Counting(nn.Module):
    """Knows how often it was asked itself."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.convolution = nn.Conv2d(3, 4, 3)
            self.norm = nn.BatchNorm2d(4)
            self.last = nn.Linear(4, 5)
        self.asked = 0

    def forward(self, given: Tensor) -> Tensor:
        self.asked += 1
        logits: Tensor = self.last(self.norm(self.convolution(given)).relu().mean((2, 3)))
        return logits


@pytest.fixture
def network() -> Counting:
    return recorded(Counting)


def recorded(kind: type[Counting]) -> Counting:
    """Prepared, and asked often enough."""
    made = prepare(kind().eval().requires_grad_(False), PICTURES[:1])
    for _ in range(LOOKS):
        answer(made, LEAF)
    made.asked = 0
    return made


def test_it_is_recorded_at_the_third_look_whose_slope_is_wanted() -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    network.asked = 0
    for look in range(1, LOOKS):
        answer(network, LEAF)
        assert network.asked == look
    for _ in range(5):
        answer(network, PICTURES)
    assert network.asked == LOOKS - 1 + 5
    answer(network, LEAF)
    asked = network.asked
    answer(network, PICTURES)
    assert network.asked == asked


@pytest.mark.parametrize("name", families())
def test_every_network_of_ours_is_recorded_and_answers_the_same(name: str) -> None:
    loaded = models.load(name)
    inner = next(part for part in loaded.modules() if type(part) is Classifier)
    side = inner.size or 0
    pictures = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(0))
    for _ in range(LOOKS):
        loaded(pictures.clone().requires_grad_())
    assert recordings._recorded[inner.network].play is not None
    for given in (pictures, pictures[:1]):
        logits, slopes = zip(*(_slope(way, given, inner.network) for way in (answer, _itself)), strict=True)
        assert torch.equal(*logits)
        assert torch.equal(*slopes)


def _itself(network: nn.Module, given: Tensor) -> Tensor:
    logits: Tensor = network(given)
    return logits


def _slope(way: Callable[[nn.Module, Tensor], Tensor], given: Tensor, network: nn.Module) -> tuple[Tensor, Tensor]:
    leaf = given.clone().requires_grad_()
    logits = way(network, leaf)
    return logits.detach(), torch.autograd.grad(logits.square().sum(), leaf)[0]


def test_the_network_itself_is_not_asked(network: Counting) -> None:
    classifier = Classifier(network, "abcde")
    assert torch.equal(classifier(PICTURES), network((PICTURES - classifier.mean) / classifier.std))
    assert network.asked == 1


def test_what_is_done_to_a_weight_in_place_is_seen(network: Counting) -> None:
    network.last.weight.mul_(2)
    network.last.bias.data = torch.ones(5)
    seen = answer(network, PICTURES)
    assert network.asked == 0
    assert torch.equal(seen, network(PICTURES))


def hooked(network: Counting) -> None:
    network.last.register_forward_hook(lambda _, __, logits: logits + 1)


def put_in_its_place(network: Counting) -> None:
    network.last = nn.Linear(4, 5).eval().requires_grad_(False)


def given_a_weight(network: Counting) -> None:
    network.last.weight = nn.Parameter(torch.ones(5, 4), requires_grad=False)


def given_one_more(network: Counting) -> None:
    network.last.register_parameter("more", nn.Parameter(torch.ones(1), requires_grad=False))


def thawed(network: Counting) -> None:
    network.last.weight.requires_grad_()


def partly_training(network: Counting) -> None:
    network.norm.train()


def training(network: Counting) -> None:
    network.training = True


@pytest.mark.parametrize(
    "change", [hooked, put_in_its_place, given_a_weight, given_one_more, thawed, partly_training, training]
)
def test_a_changed_network_is_asked_itself(network: Counting, change: Callable[[Counting], None]) -> None:
    change(network)
    seen = answer(network, PICTURES)
    assert network.asked == 1
    assert torch.equal(seen, network(PICTURES))


@pytest.mark.parametrize(
    ("given", "around"),
    [
        (torch.rand(2, 3, 9, 9), nullcontext()),
        (PICTURES.bfloat16(), torch.autocast("cpu")),
        (PICTURES, torch.autocast("cpu")),
    ],
    ids=["another size", "another precision", "autocast"],
)
def test_other_pictures_are_shown_to_the_network(
    network: Counting, given: Tensor, around: AbstractContextManager[None]
) -> None:
    with around:
        answer(network, given)
    assert network.asked == 1


def test_in_another_precision_it_is_asked_itself(network: Counting) -> None:
    network.double()
    assert answer(network, PICTURES.double()).dtype == torch.float64
    assert network.asked == 1


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


@pytest.mark.parametrize("change", [hooked, thawed, training])
def test_a_changed_network_is_not_recorded_until_it_is_as_it_was(change: Callable[[Counting], None]) -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    change(network)
    for _ in range(5):
        answer(network, LEAF)
    assert recordings._recorded[network].play is None


def test_what_functions_of_functions_show_it_is_not_recorded() -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    for _ in range(5):
        torch.func.vmap(torch.func.grad(lambda given: answer(network, given.unsqueeze(0)).sum()))(PICTURES)
    assert recordings._recorded[network].play is None


@pytest.fixture
def seen_by_every_hook() -> Iterator[list[nn.Module]]:
    seen: list[nn.Module] = []
    handle = nn.modules.module.register_module_forward_hook(lambda part, _, __: seen.append(part))
    yield seen
    handle.remove()


def test_a_hook_on_all_modules_sees_it(network: Counting, seen_by_every_hook: list[nn.Module]) -> None:
    answer(network, PICTURES)
    assert network in seen_by_every_hook


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own, of what it works with itself
def test_functions_of_functions_see_through_it(network: Counting) -> None:
    def total(given: Tensor) -> Tensor:
        return answer(network, given.unsqueeze(0)).square().sum()

    found = torch.func.vmap(torch.func.grad(total))(PICTURES)
    torch.testing.assert_close(found, _slope(_itself, PICTURES, network)[1])
    _, pushed = torch.func.jvp(lambda given: answer(network, given), (PICTURES,), (torch.ones_like(PICTURES),))
    _, wanted = torch.func.jvp(network, (PICTURES,), (torch.ones_like(PICTURES),))
    torch.testing.assert_close(pushed, wanted)
