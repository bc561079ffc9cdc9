"""Judgements: their statistics against scipy, and what they say about networks one can compute."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from standins import picture, seeded
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences import Judgement, attacker_wins, defend, judge
from models.defences.binomial import fair_coin, lower_bound, tail, wilson


@pytest.mark.parametrize("trials", [1, 7, 20, 500])
def test_the_statistics_are_scipys(trials: int) -> None:
    for hits in sorted({0, 1, trials // 3, trials // 2, trials - 1, trials}):
        for probability in (0.0, 0.1, 0.5, 0.93, 1.0):
            wanted = stats.binom.sf(hits - 1, trials, probability)
            assert tail(hits, trials, probability) == pytest.approx(wanted, rel=1e-9, abs=1e-300)
        assert fair_coin(hits, trials - hits) == pytest.approx(stats.binomtest(hits, trials).pvalue)
        exact = stats.binomtest(hits, trials, alternative="greater").proportion_ci(0.999, "exact").low
        assert lower_bound(hits, trials, 0.001) == pytest.approx(exact, abs=1e-9)
        low, high = wilson(torch.tensor([hits / trials], dtype=torch.float64), trials)
        interval = stats.binomtest(hits, trials).proportion_ci(0.95, "wilson")
        assert (low.item(), high.item()) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_shares_come_from_the_noise_and_the_interval_holds_the_truth(halves) -> None:
    smoothed = defend("smoothing", halves, sigma=0.1, alpha=0.3)
    verdict = judge(smoothed, picture(*[0.4] * 200, *[0.55] * 200), 50, seeded())
    truth = torch.tensor([stats.norm.sf(1.0)] * 200 + [stats.norm.sf(-0.5)] * 200).float()
    inside = (verdict.low[:, 1] <= truth) & (truth <= verdict.high[:, 1])
    assert 0.92 < inside.float().mean() < 0.98, "a 95 % interval"
    assert (verdict.top[:200] == 0).all()
    assert verdict.draws == 50
    torch.testing.assert_close(verdict.shares.sum(1), torch.ones(400))
    torch.testing.assert_close(verdict.probabilities.sum(1), torch.ones(400))
    assert (verdict.shares[:, 2] == 0).all()


def test_it_abstains_when_the_vote_is_close_and_only_then(halves) -> None:
    smoothed = defend("smoothing", halves, sigma=0.1)
    verdict = judge(smoothed, picture(0.2, 0.5), 20, seeded())
    leading = verdict.shares[1].topk(2).values * 20
    assert verdict.abstains.tolist() == [False, stats.binomtest(int(leading[0]), 20).pvalue > 0.3]
    ever = [bool(judge(smoothed, picture(0.5), 20, seeded(seed)).abstains) for seed in range(20)]
    assert 5 < sum(ever) < 20
    assert not judge(defend("random-resize-pad", halves), picture(0.5), 2).abstains.any()
    behind = [bool(judge(defend("bit-depth", smoothed), picture(0.5), 20, seeded(seed)).abstains) for seed in range(20)]
    assert any(behind), "another guard in front does not make it bold"


def test_what_cannot_be_judged_is_said(halves) -> None:
    with pytest.raises(ValueError, match="There is no picture to judge"):
        judge(halves, picture()[:0])
    for unbatched in (picture(0.2)[0], picture(0.2)[None], None):
        with pytest.raises(ValueError, match=r"must be a tensor \(N,3,H,W\), not .*: put a single picture"):
            judge(halves, unbatched)
    with pytest.raises(ValueError, match=r"draws is 2\.5: use a whole number"):
        judge(halves, picture(0.2), 2.5)
    assert judge(defend("smoothing", halves), picture(0.2), np.int64(3)).draws == 3


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_answers_that_are_not_finite_are_no_judgement(halves, value: float) -> None:
    class Broken(nn.Module):
        def forward(self, pixels: Tensor) -> Tensor:
            return torch.tensor([0.0, value, 1.0]).expand(len(pixels), -1)

    with pytest.raises(ValueError, match="not finite: look for damaged weights"):
        judge(Classifier(Broken(), halves.labels), picture(0.2))


def test_a_network_in_training_judges_in_eval_mode_and_is_put_back(halves) -> None:
    trained = Classifier(nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Flatten(), nn.LazyLinear(3)), "abc")
    pixels = torch.rand(4, 3, 8, 8, generator=seeded())
    trained(pixels)
    expected = judge(trained.eval(), pixels)
    found = judge(trained.train(), pixels)
    assert torch.equal(found.probabilities, expected.probabilities)
    assert all(part.training for part in trained.modules())


def test_a_plain_call_votes_and_its_gradient_points_the_right_way(halves) -> None:
    smoothed = defend("smoothing", halves, sigma=0.1, draws=100)
    smoothed.generator = seeded()
    pixels = picture(0.45).requires_grad_()
    logits = smoothed(pixels)
    share = logits.softmax(1)[0, 1].item() * 100
    assert share == pytest.approx(round(share), abs=0.01), "a share of 100 votes"
    (gradient,) = torch.autograd.grad(logits.softmax(1)[0, 1], pixels)
    assert gradient[0, 0, 0, 0] > 0


def test_sween_weighs_its_members(halves) -> None:
    class Never(nn.Module):
        def forward(self, pixels: Tensor) -> Tensor:
            return torch.tensor([0.0, 0.0, 1.0]).expand(len(pixels), -1)

    never = Classifier(Never(), halves.labels)
    alone = judge(defend("sween", [halves, never], weights=[1, 0]), picture(0.2), 20, seeded())
    assert alone.top.tolist() == [0]
    mixed = defend("sween", [halves, never], weights=[1, 3], sigma=0)
    wanted = torch.tensor([1 / 4, 0, 0]) * torch.sigmoid(torch.tensor(12.0)) + 3 / 4 * torch.tensor(
        [0.0, 0.0, 1.0]
    ).softmax(0)
    torch.testing.assert_close(judge(mixed, picture(0.2), 1).probabilities[0], wanted, atol=1e-4, rtol=0)
    with pytest.raises(ValueError, match="not all 0"):
        defend("sween", [halves], weights=[0])


@pytest.mark.parametrize(
    ("votes", "wins", "reaches"),
    [
        ([20, 0, 0], False, False),
        ([15, 5, 0], False, False),
        ([12, 8, 0], True, True),  # p = 0.50: too close to call
        ([12, 0, 8], True, False),  # too close, but not for the target
        ([8, 12, 0], True, True),
        ([0, 20, 0], True, True),
        ([0, 0, 20], True, False),
    ],
)
def test_a_vote_too_close_to_call_is_the_attackers(votes: list[int], wins: bool, reaches: bool) -> None:
    """SEM's Eq. 6: label 0, target 1, alpha 0.3."""
    shares = torch.tensor([votes]) / 20
    first, second = sorted(votes)[:0:-1]
    close = torch.tensor([stats.binomtest(first, first + second).pvalue > 0.3])
    found = Judgement(shares, shares.argmax(1), shares, shares, shares, close, 20)
    assert attacker_wins(found, torch.tensor([0])).tolist() == [wins]
    assert attacker_wins(found, torch.tensor([1]), targeted=True, alpha=0.3).tolist() == [reaches]
    leads = votes[1] == max(votes)
    assert attacker_wins(found, torch.tensor([1]), targeted=True).tolist() == [leads], "who never abstains"


def test_bad_numbers_of_draws_are_refused(halves) -> None:
    for draws in (0, -1, True, 2.5, math.nan, 10**9):
        with pytest.raises(ValueError, match=r"draws is .*: use a whole number from 1 to 10000"):
            judge(halves, picture(0.1), draws)  # type: ignore[arg-type]
