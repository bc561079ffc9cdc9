"""Whose threads reckon what: a run by itself between works that go abreast, a network asked in turn with all."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from beside import Small
from torch import Tensor

from demo.attacks import abreast, craft, iterate
from demo.attacks.abreast import by_itself, with_all
from demo.attacks.task import Task

IMAGES = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0])
pytestmark = [
    pytest.mark.usefixtures("two_threads"),
    pytest.mark.skipif(not abreast._limits(), reason="this torch keeps its OpenMP to itself"),
]


def newcomer() -> int:
    """What a thread has that is only now begun."""
    seen: list[int] = []
    other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    other.start()
    other.join()
    return seen[0]


def test_only_the_caller_is_by_itself() -> None:
    with by_itself():
        assert (torch.get_num_threads(), newcomer()) == (1, 2)
        with_all()
        assert torch.get_num_threads() == 2
        abreast.abreast([Small(0), Small(1)], lambda _: None)
        assert torch.get_num_threads() == 1, "abreast of others again"
        with by_itself():
            assert torch.get_num_threads() == 1
        with_all()
        assert torch.get_num_threads() == 2
    assert (torch.get_num_threads(), newcomer()) == (2, 2)
    with_all()
    assert torch.get_num_threads() == 2
    with pytest.raises(KeyError), by_itself():
        raise KeyError
    assert torch.get_num_threads() == 2


def test_mkl_shares_out_nothing_either() -> None:
    torch_itself = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
    if not hasattr(torch_itself, "MKL_Get_Max_Threads"):
        pytest.skip("this torch has no MKL")
    with by_itself():
        assert torch_itself.MKL_Get_Max_Threads() == 1  # an exponential of 1000 logits would wake its threads
    assert torch_itself.MKL_Get_Max_Threads() == 2


class Noting(Small):
    """Notes how many threads whoever asks it has."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.seen: list[int] = []

    def forward(self, pixels: Tensor) -> Tensor:
        self.seen.append(torch.get_num_threads())
        return super().forward(pixels)


def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads that a run has between its networks' answers, noted where it puts its pictures into their ball."""
    seen: list[int] = []
    project = Task.project

    def noting(task: Task, *given: Any) -> Tensor:
        seen.append(torch.get_num_threads())
        return project(task, *given)

    monkeypatch.setattr(Task, "project", noting)
    return seen


def test_a_run_reckons_by_itself_between_networks_abreast(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, jury = reckoned(monkeypatch), [Noting(0), Noting(1)]
    craft("mi-fgsm", jury, IMAGES, LABELS, steps=3)
    assert set(seen) == {1}
    assert set(jury[0].seen + jury[1].seen) == {1}
    assert torch.get_num_threads() == 2
    for _ in iterate("mi-fgsm", jury, IMAGES, LABELS, steps=3):
        assert torch.get_num_threads() == 2, "whoever gets the frames has what he had"


def test_with_all_its_threads_after_networks_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, jury = reckoned(monkeypatch), [Noting(0), Noting(1)]
    monkeypatch.setattr(abreast, "ALONE", 0)  # one by itself is too much for one thread
    craft("cwa", jury, IMAGES, LABELS, steps=2)
    assert set(jury[0].seen) == {1, 2}, "the mean of both abreast, then each in turn"
    assert set(seen) == {1, 2}
    seen.clear()
    monkeypatch.setattr(abreast, "PIXELS", 0)
    craft("mi-fgsm", jury, IMAGES, LABELS, steps=2)
    assert set(seen) == {2}
    assert torch.get_num_threads() == 2
