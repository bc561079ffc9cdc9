"""Chance in defences: drawn from a seed, seen through a stack, averaged over looks, and absent where none is."""

from __future__ import annotations

import pytest
import torch
from standins import put, small
from torch import Tensor
from torch.nn import functional as F

from models.defences import DEFENCES, Averaged, defend, judge

NAMES = list(DEFENCES)


@pytest.mark.parametrize("name", [name for name in NAMES if DEFENCES[name].random])
def test_equal_seeds_give_equal_verdicts_and_others_do_not(name, network, pixels) -> None:
    defended = put(name, network)
    one, same, other = (judge(defended, pixels, 3, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one.probabilities, same.probabilities)
    assert torch.equal(one.shares, same.shares)
    if name not in ("vote", "majority"):  # chance only speaks where there is a tie
        assert not torch.equal(one.probabilities, other.probabilities)


@pytest.mark.parametrize("name", [name for name in NAMES if not DEFENCES[name].random])
def test_what_is_not_random_is_judged_by_one_look(name, network, pixels) -> None:
    defended = put(name, network)
    verdict = judge(defended, pixels)
    assert verdict.draws == 1
    assert torch.equal(verdict.top, defended(pixels).argmax(1))
    assert torch.equal(verdict.low, verdict.high)
    # And a picture's logits do not depend on its neighbours.
    torch.testing.assert_close(defended(pixels[1:]), defended(pixels)[1:], atol=1e-4, rtol=1e-4)


def test_defences_stack_and_chance_shows_through(network, pixels) -> None:
    stacked = defend("jpeg", defend("random-resize-pad", network))
    assert stacked.random
    first, second = (judge(stacked, pixels, 4, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.draws == 4
    assert torch.equal(first.probabilities, second.probabilities)
    assert defend("softmax", [stacked, network]).random


def test_an_average_of_looks_points_where_many_looks_do(network, pixels) -> None:
    """A gradient over many looks repeats itself under another seed; that of one look does not."""
    defended = defend("random-resize-pad", network)

    def gradient(draws: int, seed: int) -> Tensor:
        averaged = Averaged(defended, draws)
        averaged.generator = torch.Generator().manual_seed(seed)
        picture = pixels[:1].clone().requires_grad_()
        return torch.autograd.grad(averaged(picture)[0, 0], picture)[0].flatten()

    def alike(draws: int) -> float:
        return F.cosine_similarity(gradient(draws, 1), gradient(draws, 2), dim=0).item()

    assert alike(60) > alike(1) + 0.1
    mean = torch.stack([defended.look(pixels, torch.Generator().manual_seed(3)).softmax(1)]).mean(0)
    torch.testing.assert_close(Averaged(defended, 1).look(pixels, torch.Generator().manual_seed(3)).exp(), mean)
    assert Averaged(defend("jpeg", network), 10).draws == 1


def test_averaging_looks_keeps_what_a_query_is(network, pixels) -> None:
    jury = defend("sem", [network, small(2)])
    assert jury.by_query
    assert Averaged(jury, 2).by_query
