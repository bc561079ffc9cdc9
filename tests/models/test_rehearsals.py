"""Rehearsals: nobody goes there and back for the first time while another does."""

from __future__ import annotations

import threading
import time

import pytest
import torch
from counting import LEAF, PICTURES, Counting, slope
from torch import Tensor

from models import recordings
from models.prepared import prepare
from models.recordings import answer, record


class Debut(Counting):
    """Takes its time for the first look, and knows who else did so meanwhile."""

    within, most = 0, 0

    def forward(self, given: Tensor) -> Tensor:
        logits = super().forward(given)
        if self.asked == 1:
            Debut.within += 1
            Debut.most = max(Debut.most, Debut.within)
            time.sleep(0.1)
            Debut.within -= 1
        return logits


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def threads(request: pytest.FixtureRequest, own_threads: None) -> int:
    number: int = request.param
    torch.set_num_threads(number)
    return number


def ready(kind: type[Counting] = Counting) -> Counting:
    network = prepare(kind().eval().requires_grad_(False), PICTURES[:1])
    network.asked = 0
    return network


def test_one_network_at_a_time_has_its_first_look(threads: int) -> None:
    networks, Debut.most = [ready(Debut) for _ in range(3)], 0
    together = threading.Barrier(len(networks))

    def look(network: Debut) -> None:
        torch.set_num_threads(threads)
        together.wait(10)
        slope(answer, PICTURES, network)

    looking = [threading.Thread(target=look, args=(network,)) for network in networks]
    for one in looking:
        one.start()
    for one in looking:
        one.join()
    assert Debut.most == (1 if threads == 1 else 3), "where it has all threads, none of ours is beside it"


def test_each_number_of_pictures_is_rehearsed_once(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "LOOKS", 10)
    network = ready()
    asked = []
    for given in (LEAF, LEAF, PICTURES, PICTURES[:1].requires_grad_()):
        before = network.asked
        answer(network, given)
        asked.append(network.asked - before)
    assert asked == ([2, 1, 1, 2] if threads == 1 else [1, 1, 1, 1]), "nor where no slope is wanted"


def test_who_is_recorded_before_has_rehearsed(threads: int) -> None:
    network = ready()
    record(network, PICTURES)
    network.asked = 0
    answer(network, LEAF)
    assert network.asked == 0
