"""Surrogates asked side by side: really so, on one thread each, with the outcome of asking one after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from demo.attacks import RECIPES, abreast, iterate
from demo.attacks.abreast import begin, pays
from demo.attacks.surrogates import Surrogates

WITH_GRADIENTS = [name for name, row in RECIPES.items() if row.idea != "ask"]
IMAGES = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 3])


class Small(nn.Module):
    """Says of itself that it can be asked while others are."""

    abreast = True

    def __init__(self, seed: int, meeting: threading.Barrier | None = None) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 5))
        self.meeting = meeting
        self.eval()

    def forward(self, pixels: Tensor) -> Tensor:
        if self.meeting is not None:
            self.meeting.wait(30)
        answer: Tensor = self.layers(pixels)
        return answer


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def frames(name: str, surrogates: list[Any], **knobs: Any) -> list[Any]:
    return list(iterate(name, surrogates, IMAGES, LABELS, epsilon=0.1, steps=3, seed=1, **knobs))


@pytest.mark.parametrize("transforms", [(), ("di", "ti")])
@pytest.mark.parametrize("name", WITH_GRADIENTS)
def test_every_attack_gives_what_it_gives_in_turn(
    name: str, transforms: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    surrogates = [Small(seed) for seed in range(3)]
    beside = frames(name, surrogates, transforms=transforms)
    monkeypatch.setattr(abreast, "PIXELS", 0)
    monkeypatch.setattr(abreast, "ALONE", 0)
    for one, other in zip(beside, frames(name, surrogates, transforms=transforms), strict=True):
        torch.testing.assert_close(one.adversarial, other.adversarial, rtol=0, atol=1e-5)
        torch.testing.assert_close(one.logits, other.logits, rtol=0, atol=1e-4)
        assert (one.cost, one.queries) == (other.cost, other.queries)


@pytest.mark.parametrize("name", ["mi-fgsm", "d-ag", "adaea"])
def test_they_are_asked_at_the_same_time(name: str) -> None:
    meeting = threading.Barrier(2)  # one that is asked alone waits in vain
    assert len(frames(name, [Small(0, meeting), Small(1, meeting)])) == 4


def test_each_has_one_thread_and_autograd_as_the_caller_has_it() -> None:
    def work(place: int) -> tuple[int, bool, bool]:
        return torch.get_num_threads(), torch.is_grad_enabled(), threading.current_thread().name.startswith("abreast")

    askers = [Small(0), Small(1), Small(2)]
    assert abreast.abreast(askers, work) == [(1, True, True)] * 3
    with torch.no_grad():
        assert abreast.abreast(askers, work) == [(1, False, True)] * 3
    seen: list[int] = []
    other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    other.start()
    other.join()
    assert (torch.get_num_threads(), seen) == (2, [2]), "whoever else computes keeps its threads"


def test_what_was_begun_goes_on_beside_the_caller_and_what_one_raises_is_raised_after_all_have_ended() -> None:
    go, done = threading.Event(), []

    def work(place: int) -> int:
        assert go.wait(30)
        if place == 0:
            raise ValueError("No answer.")
        done.append(place)
        return place

    end = begin([Small(0), Small(1)], work)
    go.set()
    with pytest.raises(ValueError, match="No answer"):
        end()
    assert done == [1]


def test_only_those_go_side_by_side_for_whom_it_changes_nothing() -> None:
    pair = [Small(0), Small(1)]
    assert pays(pair, IMAGES)
    assert pays(pair[:1], IMAGES), "a small one alone waits for no other thread"
    large = torch.zeros(1, 3, 200, 200)
    assert pays(pair, large)
    assert not pays(pair[:1], large)
    assert pays(pair[:1], large, meanwhile=True)
    assert not pays(pair, torch.zeros(2, 3, 200, 200))
    with torch.autocast("cpu"):
        assert not pays(pair, IMAGES)
    torch.set_num_threads(1)
    assert not pays(pair, IMAGES)
    torch.set_num_threads(2)
    everyone = slice(None)
    assert Surrogates(pair, LABELS).side_by_side(IMAGES, everyone)
    assert not Surrogates([pair[0], pair[1].forward], LABELS).side_by_side(IMAGES, everyone), "a stranger's function"
    assert not Surrogates([pair[0], Small(1).train()], LABELS).side_by_side(IMAGES, everyone)
    pair[1].random = True  # type: ignore[assignment]
    assert not Surrogates(pair, LABELS).side_by_side(IMAGES, everyone), "who draws by lot draws in turn"
