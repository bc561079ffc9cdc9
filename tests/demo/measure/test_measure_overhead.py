"""The measurement of prepared networks and of the driver: its ratios, its intervals, and what it calls a jump."""

import argparse
import sys
import types

import pytest
import torch
from scipy import stats

from demo.attacks import craft
from demo.measure import overhead
from demo.measure.overhead import BARE, LOOP
from models import Classifier


def small() -> Classifier:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Tanh(), torch.nn.Flatten())
        network.append(torch.nn.Linear(4 * 36, 5))
    return Classifier(network.eval().requires_grad_(False), "abcde")


@pytest.mark.parametrize("count", range(3, 30))
def test_the_medians_interval_is_the_binomial_one(count):
    lowest = int(stats.binom(count, 0.5).ppf(0.025))
    lowest -= stats.binom(count, 0.5).cdf(lowest - 1) > 0.025
    wanted = f"{lowest - 1} to {count - lowest}" if lowest >= 1 else "too few"
    assert overhead.between([float(value) for value in range(count)], "{:.0f}") == wanted


def test_the_loop_is_what_the_driver_does_without_momentum():
    networks, images = [small(), small()], overhead.noise(3, 8)
    labels = torch.zeros(3, dtype=torch.long)
    crafted = craft("i-fgsm", networks, images, labels, epsilon=8 / 255, step_size=1 / 255, steps=4)
    torch.testing.assert_close(overhead.loop(networks, images, labels, 4), crafted, rtol=0, atol=1e-6)


def test_every_turn_is_a_pair():
    options = argparse.Namespace(steps=1, repeats=2, clock="processor")
    times = overhead.turns([small()], [small()], overhead.noise(1, 8), options)
    assert list(times) == [LOOP, BARE, *overhead.ATTACKS]
    assert {len(taken) for taken in times.values()} == {2}


def test_rows_are_ratios_of_each_turn():
    times = {LOOP: [4.0] * 7, BARE: [2.0] * 7, **{title: [2.5] * 7 for title in overhead.ATTACKS}}
    rows = list(overhead.rows(times))
    assert f"{BARE}: times as fast as {LOOP} | 2.00 × | 2.00 to 2.00" in rows
    assert f"MI-FGSM: share of its time beyond {BARE} | 20.0% | 20.0% to 20.0%" in rows


def test_a_gradient_that_is_another_is_a_jump():
    network, other = small(), small()
    assert overhead.jumps(network, other, overhead.noise(4, 8)) == (0, 0)
    other.network[0].weight.data.mul_(1.01)
    assert overhead.jumps(network, other, overhead.noise(4, 8)) == (0, 4)


def test_a_library_from_its_sources_says_its_own_version(monkeypatch):
    module = types.ModuleType("never_installed")
    monkeypatch.setitem(sys.modules, "never_installed", module)
    assert "never_installed from its sources" in overhead.machine(["torch", "never_installed"])
    module.__version__ = "7"
    assert "never_installed 7" in overhead.machine(["never_installed"])
