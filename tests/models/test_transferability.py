"""What is read off a matrix of who fools whom, also where parts of it are unknown."""

from __future__ import annotations

import math

import pytest
import torch

from models.transferability import asymmetry, counted, means, most_diverse

NAN = float("nan")


def test_what_both_knew_and_the_source_lost_is_counted() -> None:
    clean = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 1]], dtype=torch.bool)
    wrong = torch.tensor([[1, 0, 1, 1], [1, 1, 1, 0]], dtype=torch.bool)
    assert [one.tolist() for one in counted(clean, wrong, 0)] == [[2, 1], [2, 1]]
    assert [one.tolist() for one in counted(clean, wrong, 1)] == [[2, 2], [1, 2]]


def test_means_leave_the_diagonal_out_and_pass_over_what_is_unknown() -> None:
    across, down = means(torch.tensor([[1, 0.5, 0.1], [NAN, 1, 0.3]]))
    torch.testing.assert_close(across, torch.tensor([0.3, 0.3]))
    assert math.isnan(down[0])
    torch.testing.assert_close(down[1:], torch.tensor([0.5, 0.2]))
    assert math.isnan(means(torch.tensor([[1.0]]))[0])


def test_asymmetry_is_the_mean_gap_of_pairs_known_both_ways() -> None:
    shares = torch.tensor([[1, 0.9, 0.2, 0.7], [0.5, 1, NAN, 0.7], [0.4, 0.1, 1, 0.7]])
    assert asymmetry(shares) == pytest.approx((0.4 + 0.2) / 2)
    assert most_diverse(shares) == ([(0, 2)], pytest.approx(0.3))
    assert most_diverse(torch.eye(3)) == ([(0, 1), (0, 2), (1, 2)], 0)


@pytest.mark.parametrize("shares", [[[1.0, 0.3]], [[1.0, NAN], [0.4, 1.0]]])
def test_without_a_pair_nothing_is_said(shares: list[list[float]]) -> None:
    assert asymmetry(torch.tensor(shares)) is None
    assert most_diverse(torch.tensor(shares))[0] == []
