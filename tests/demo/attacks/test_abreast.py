"""Surrogates asked side by side: really so, on one thread each, with the outcome of asking one after the other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from beside import Small
from torch import Tensor

from demo.attacks import RECIPES, abreast, at_once, craft, iterate
from demo.attacks.abreast import begin, pays, sharers
from demo.attacks.surrogates import Surrogates

WITH_GRADIENTS = [name for name, row in RECIPES.items() if row.idea != "ask"]
IMAGES = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 3])
pytestmark = pytest.mark.usefixtures("two_threads")


def frames(name: str, surrogates: list[Any], images: Tensor = IMAGES, **knobs: Any) -> list[Any]:
    labels = torch.arange(len(images)) % 2 * 3
    return list(iterate(name, surrogates, images, labels, epsilon=0.1, steps=3, seed=1, **knobs))


@pytest.mark.parametrize("count", [1, 2, 3])  # networks side by side; pictures shared out; neither evenly
@pytest.mark.parametrize("transforms", [(), ("di", "ti")])
@pytest.mark.parametrize("name", WITH_GRADIENTS)
def test_every_attack_gives_what_it_gives_in_turn(
    name: str, transforms: tuple[str, ...], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    surrogates, images = [Small(seed) for seed in range(3)], IMAGES.repeat(2, 1, 1, 1)[:count]
    beside = frames(name, surrogates, images, transforms=transforms)
    for limit in ("PIXELS", "ALONE", "UNEVEN"):
        monkeypatch.setattr(abreast, limit, 0)
    for one, other in zip(beside, frames(name, surrogates, images, transforms=transforms), strict=True):
        torch.testing.assert_close(one.adversarial, other.adversarial, rtol=0, atol=1e-5)
        torch.testing.assert_close(one.logits, other.logits, rtol=0, atol=1e-4)
        assert (one.cost, one.queries) == (other.cost, other.queries)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", ["mi-fgsm", "d-ag", "adaea"])
def test_they_are_asked_at_the_same_time(name: str, count: int) -> None:
    meeting = threading.Barrier(2)  # one that is asked alone waits in vain
    assert len(frames(name, [Small(0, meeting), Small(1, meeting)], IMAGES[:count])) == 4


def test_pictures_are_shared_out_where_that_is_even() -> None:
    large = torch.zeros(1, 3, 300, 300)
    assert [sharers(large.expand(count, -1, -1, -1)) for count in range(1, 8)] == [1, 2, 1, 2, 1, 2, 2]
    with torch.autocast("cpu"):
        assert sharers(IMAGES) == 1
    torch.set_num_threads(1)
    assert sharers(IMAGES) == 1


def test_what_is_looked_at_at_once_fits_all_threads_together(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []

    class Noting(Small):
        def forward(self, pixels: Tensor) -> Tensor:
            shown.append(len(pixels))
            return super().forward(pixels)

    images = IMAGES.repeat(8, 1, 1, 1)
    for fit, pictures in ((16, 8), (4, 2), (3, 1), (2, 1), (1, 1)):
        shown.clear()
        monkeypatch.setattr(at_once, "PIXELS", fit * IMAGES[0, 0].numel())
        craft("mi-fgsm", [Noting(0)], images, torch.zeros(16, dtype=torch.long), steps=1)
        assert set(shown) == {pictures}


@pytest.mark.parametrize("fit", [1, 2, 15])
def test_more_threads_than_shares_are_no_hindrance(fit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(8)
    images = IMAGES.repeat(8, 1, 1, 1)
    monkeypatch.setattr(at_once, "PIXELS", 8 * fit * IMAGES[0, 0].numel())
    for count in (7, 15):
        assert sharers(images[:count]) == 8
        made = craft("mi-fgsm", [Small(0)], images[:count], torch.zeros(count, dtype=torch.long), epsilon=0.1, steps=2)
        torch.testing.assert_close(made[:2], made[2:4])
        assert made.shape == images[:count].shape


def test_leaving_off_ends_the_work_of_all_within_one_iteration() -> None:
    asked: list[int] = []

    class Counting(Small):
        def forward(self, pixels: Tensor) -> Tensor:
            asked.append(1)
            return super().forward(pixels)

    run = iterate("mi-fgsm", [Counting(0)], IMAGES, LABELS, steps=50)
    next(run)
    run.close()
    assert len(asked) == 2, "one each"


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


def test_what_svre_needs_later_is_worked_out_beside_its_inner_steps() -> None:
    looked, at_once = threading.Event(), []

    class Watched(Small):
        looks = ways_back = 0

        def forward(self, pixels: Tensor) -> Tensor:
            answer = super().forward(pixels)
            self.looks += 1
            if self.looks == 2:
                looked.set()
            elif answer.requires_grad:
                answer.register_hook(self.went_back)
            return answer

        def went_back(self, slope: Tensor) -> None:
            self.ways_back += 1
            if self.ways_back == 2:  # after that of the mean
                at_once.append(looked.wait(30))

    *_, last = iterate("svre", [Watched(0), Watched(1)], IMAGES[:1], LABELS[:1], epsilon=0.1, steps=1, seed=1)
    assert at_once == [True, True], "an inner step's look at another picture does not wait for them"
    assert last.cost == 2 + 2 + 7
