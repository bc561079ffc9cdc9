"""Juries against their definitions: how several networks answer as one, and who is asked."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
import torch
from scipy import stats
from standins import fixed, seeded

import models
from models.defences import defend
from models.defences.ensembles import majority, vote
from models.defences.sem import Stochastic


def test_softmax_and_logits_juries() -> None:
    jury, picture = [fixed(2.0, 0.0, 1.0), fixed(-1.0, 3.0, 0.0)], torch.zeros(1, 3, 2, 2)
    answers = torch.tensor([[2.0, 0.0, 1.0], [-1.0, 3.0, 0.0]])
    torch.testing.assert_close(defend("softmax", jury)(picture)[0].exp(), answers.softmax(1).mean(0))
    torch.testing.assert_close(defend("logits", jury)(picture)[0], answers.mean(0))


def test_a_vote_counts_first_choices() -> None:
    jury = [fixed(1.0, 0.9, 0.0), fixed(1.0, 0.9, 0.0), fixed(0.0, 50.0, 0.0)]
    shares = defend("vote", jury)(torch.zeros(2, 3, 2, 2)).exp()
    torch.testing.assert_close(shares[0], torch.tensor([2 / 3, 1 / 3, 0]), atol=1e-5, rtol=0)


def test_chance_decides_a_tie_evenly_and_only_among_the_leaders() -> None:
    answers = torch.zeros(4, 3000, 5)
    for member, choice in enumerate((1, 3, 3, 1)):
        answers[member, :, choice] = 1
    tops = Counter(vote(answers, seeded()).argmax(1).tolist())
    assert set(tops) == {1, 3}
    assert stats.binomtest(tops[1], 3000).pvalue > 0.001


@pytest.mark.parametrize(
    ("choices", "by_vote", "by_majority"),
    [
        ("AAABC", [1, 0, 0, 0], [1, 0, 0, 0]),
        ("AABBC", [0.5, 0.5, 0, 0], [0.4, 0.4, 0.2, 0]),
        ("AABCD", [1, 0, 0, 0], [0.4, 0.2, 0.2, 0.2]),
        ("AABB", [0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]),
    ],
)
def test_a_conflict_is_decided_as_each_paper_says(choices: str, by_vote: list[float], by_majority: list[float]) -> None:
    answers = torch.zeros(len(choices), 4000, 4)
    for member, choice in enumerate(choices):
        answers[member, :, "ABCD".index(choice)] = 1
    for rule, wanted in ((vote, by_vote), (majority, by_majority)):
        won = torch.bincount(rule(answers, seeded()).argmax(1), minlength=4) / 4000
        assert won.tolist() == pytest.approx(wanted, abs=0.04), rule.__name__  # five standard errors


def test_sem_draws_number_members_and_noise_evenly() -> None:
    sem = Stochastic([fixed(1.0, 0.0)] * 4, (0.0, 0.1, 0.2), 3, 0.3)
    generator = seeded()
    juries = [sem.draw(generator) for _ in range(6000)]
    assert all(len({index for index, _ in jury}) == len(jury) for jury in juries), "no member twice in one jury"
    numbers = Counter(map(len, juries))
    assert stats.chisquare([numbers[size] for size in (1, 2, 3)]).pvalue > 0.001
    pairs = Counter(pair for jury in juries for pair in jury)
    # Draws without replacement vary less than independent ones, so this is a conservative test.
    assert len(pairs) == 12
    assert stats.chisquare(list(pairs.values())).pvalue > 0.001
    assert max(len(Stochastic([fixed(1.0, 0.0)] * 2, (0.1,), 3, 0.3).draw(generator)) for _ in range(50)) == 2


def test_sem_draws_no_fewer_than_its_smallest_jury() -> None:
    jury, generator = [fixed(1.0, 0.0) for _ in range(4)], seeded()
    sizes = {len(Stochastic(jury, (0.0,), 3, 0.3, smallest=2).draw(generator)) for _ in range(50)}
    assert sizes == {2, 3}
    assert {len(Stochastic(jury, (0.0,), 3, 0.3, smallest=4).draw(generator)) for _ in range(20)} == {4}


def test_sem_asks_noise_trained_networks_under_their_own_noise() -> None:
    card, other = models.CARDS["tiny/resnet"], models.CARDS["tiny/regnet"]
    jury = [fixed(1.0, 0.0) for _ in range(4)]
    for member, built, sigma in zip(jury, (card, card, card, other), (0.12, 0.25, 0.0, 0.0), strict=True):
        member.card = dataclasses.replace(built, sigma=sigma)
    sem, generator = Stochastic(jury, (0.0, 0.05), 3, 0.3), seeded()
    assert sem.largest == 2, "two architectures"
    seen = {pair for _ in range(300) for pair in sem.draw(generator)}
    assert seen == {(0, 0.12), (1, 0.25), (2, 0.0), (2, 0.05), (3, 0.0), (3, 0.05)}
    assert all(
        not {0, 1, 2} >= {index for index, _ in jury} for jury in map(sem.draw, [generator] * 50) if len(jury) > 1
    )


def test_sem_and_nips_r3_answer_with_their_members() -> None:
    jury, picture = [fixed(2.0, 0.0), fixed(0.0, 1.0)], torch.rand(1, 3, 16, 16)
    both = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    answers = {tuple(defend("sem", jury)(picture)[0].exp().tolist()) for _ in range(40)}
    wanted = [*both.softmax(1), both.softmax(1).mean(0)]
    assert all(any(torch.allclose(torch.tensor(answer), want) for want in wanted) for answer in answers)
    torch.testing.assert_close(defend("nips-r3", jury)(picture)[0], both.mean(0))
