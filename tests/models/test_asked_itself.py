"""Recordings: never played where the network itself would do something else, or somebody looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
import torch
from counting import LEAF, PICTURES, Counting
from torch import Tensor, nn

from models import recordings
from models.prepared import prepare
from models.recordings import answer


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
def test_a_changed_network_is_askeditself(network: Counting, change: Callable[[Counting], None]) -> None:
    change(network)
    seen = answer(network, PICTURES)
    assert network.asked == 1
    assert torch.equal(seen, network(PICTURES))


@pytest.mark.parametrize("change", [hooked, thawed, training])
def test_a_changed_network_is_not_recorded_until_it_is_as_it_was(change: Callable[[Counting], None]) -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    change(network)
    for _ in range(5):
        answer(network, LEAF)
    assert recordings._recorded[network].plays == {}


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


def test_in_another_precision_it_is_askeditself(network: Counting) -> None:
    network.double()
    assert answer(network, PICTURES.double()).dtype == torch.float64
    assert network.asked == 1


@pytest.fixture
def seen_by_every_hook() -> Iterator[list[nn.Module]]:
    seen: list[nn.Module] = []
    handle = nn.modules.module.register_module_forward_hook(lambda part, _, __: seen.append(part))
    yield seen
    handle.remove()


def test_a_hook_on_all_modules_sees_it(network: Counting, seen_by_every_hook: list[nn.Module]) -> None:
    answer(network, PICTURES)
    assert network in seen_by_every_hook


def test_what_functions_of_functions_show_it_is_not_recorded() -> None:
    network = prepare(Counting().eval().requires_grad_(False), PICTURES[:1])
    for _ in range(5):
        torch.func.vmap(torch.func.grad(lambda given: answer(network, given.unsqueeze(0)).sum()))(PICTURES)
    assert recordings._recorded[network].plays.get(False) is None
