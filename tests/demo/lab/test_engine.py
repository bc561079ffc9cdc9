"""The engine: every job once, cheapest first; deaths, damage and changed settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.lab import job as jobs
from demo.lab import works
from demo.lab.engine import LabError, Progress, work
from demo.lab.hands import Own, Processes
from demo.lab.job import Job
from demo.lab.scene import Scene
from demo.lab.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cells")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was computed, in order, by a work that adds up what it is given."""
    order: list[Any] = []

    def add(settings: Any, needs: Any, networks: Any) -> dict[str, np.ndarray]:
        order.append(settings["number"])
        if settings["number"] == "broken":
            raise ValueError("a broken cell")
        return {"sum": np.array(settings["number"] + sum(int(one["sum"]) for one in needs))}

    monkeypatch.setitem(works.WORK, "add", add)
    return order


def adding(number: Any, *needs: Job, cost: float = 1.0) -> Job:
    return Job("add", {"number": number}, needs, cost=cost)


def finish(wanted: list[Job], store: Store) -> Progress:
    *_, last = work(wanted, store, Own())
    return last


def test_cheapest_first_each_once_and_never_before_what_it_needs(store: Store, done: list[Any]) -> None:
    first, dear = adding(1, cost=5), adding(2, cost=9)
    last = adding(3, first, dear, cost=1)
    told = finish([last, dear, adding(4, cost=2)], store)
    assert done == [4, 1, 2, 3]
    assert int(store.get(last.key)["sum"]) == 6
    assert (told.done, told.total, told.kept, told.share) == (4, 4, 0, 1)


def test_what_is_kept_is_not_done_again(store: Store, done: list[Any]) -> None:
    finish([adding(1)], store)
    told = finish([adding(2, adding(1))], Store(store.folder))
    assert done == [1, 2]
    assert (told.done, told.kept) == (2, 1)


def test_a_kept_result_spares_what_it_needed(store: Store, done: list[Any]) -> None:
    last = adding(2, adding(1))
    finish([last], store)
    store.path(adding(1).key).unlink()
    finish([last], Store(store.folder))
    assert done == [1, 2]


def test_stopping_keeps_what_is_done(store: Store, done: list[Any]) -> None:
    running = work([adding(1, cost=1), adding(2, cost=2)], store, Own())
    next(running), next(running)
    running.close()
    assert store.holds(adding(1).key)
    assert not store.holds(adding(2).key)


def test_a_job_that_fails_is_named(store: Store, done: list[Any]) -> None:
    with pytest.raises(LabError, match=r"add of \{'number': 'broken'\} failed: a broken cell"):
        finish([adding("broken")], store)


@pytest.mark.parametrize("place", [0, 30, -30])
def test_a_damaged_file_is_computed_anew(store: Store, done: list[Any], place: int) -> None:
    one = adding(1)
    finish([one], store)
    held = bytearray(store.path(one.key).read_bytes())
    whole = bytes(held)
    held[place] ^= 255
    store.path(one.key).write_bytes(held)
    again = Store(store.folder)
    finish([one], again)
    assert again.damaged == [one.key]
    assert done == [1, 1]
    assert store.path(one.key).read_bytes() == whole


def scene() -> Scene:
    return Scene("tiny", Job("pictures", {"sha256": "…"}), 2, 64, 8, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"attack": "pgd"},
        {"epsilon": 4},
        {"steps": 2},
        {"step": 1},
        {"targeted": True},
        {"momentum": 0.5},
        {"surrogates": ["tiny/resnet"]},
    ],
)
def test_a_changed_setting_is_another_job(change: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"attack": "mi-fgsm"}
    changed = usual | change
    assert scene().craft(changed.pop("attack"), **changed).key != scene().craft("mi-fgsm").key


def test_another_seed_or_other_pictures_are_another_job() -> None:
    others = replace(scene(), seed=1), replace(scene(), pictures=Job("pictures", {"sha256": "!"}))
    assert len({one.craft("mi-fgsm").key for one in (scene(), *others)}) == 3


def test_a_default_written_out_is_the_same_job() -> None:
    assert scene().craft("mi-fgsm", momentum=1.0) == scene().craft("mi-fgsm")


def test_other_weights_are_another_job(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scene().craft("mi-fgsm", ["tiny/resnet"]).key
    card = jobs.find("tiny/resnet")
    monkeypatch.setattr(jobs, "find", lambda name: replace(card, sha256="0" * 64))
    assert scene().craft("mi-fgsm", ["tiny/resnet"]).key != before


@pytest.mark.parametrize(
    ("code", "same"), [("def f(x):\n    # why\n    return x\n", True), ("def f(x): return -x", False)]
)
def test_code_counts_and_its_comments_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, same: bool
) -> None:
    monkeypatch.setattr(jobs, "ROOT", tmp_path)
    stamps = []
    for text in ('"""A docstring."""\ndef f(x):\n    return x', code):
        (tmp_path / "code.py").write_text(text)
        stamps.append(jobs.stamp.__wrapped__("code.py"))
    assert (stamps[0] == stamps[1]) == same


@pytest.fixture
def real(store: Store) -> list[Job]:
    """Two attacks on two pictures, and their verdicts."""
    pictures = {
        "pictures": np.random.default_rng(0).integers(0, 256, (2, 3, 64, 64), dtype=np.uint8),
        "labels": np.array([1, 2]),
        "targets": np.array([3, 4]),
    }
    store.put(scene().pictures.key, pictures)
    crafted = [scene().craft("mi-fgsm", ["tiny/mobilenet"], steps=steps) for steps in (1, 8)]
    return [scene().verdict(one, "tiny/repvgg") for one in crafted]


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_but_its_cell(store: Store, real: list[Job]) -> None:
    hands = Processes(1)
    running = work(real, store, hands)
    next(running), next(running)
    for process in hands._pool._processes.values():
        process.kill()
    *_, last = running
    assert last.done == last.total == 5
    alone = Store(store.folder.parent / "alone")
    alone.put(scene().pictures.key, store.get(scene().pictures.key))
    list(work(real, alone, Processes(2)))
    for one in (*real, *(job.needs[0] for job in real)):
        assert store.path(one.key).read_bytes() == alone.path(one.key).read_bytes()


@pytest.mark.slow
def test_a_job_that_kills_its_workers_is_given_up(
    store: Store, real: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = Processes(1)
    submit = hands.submit

    def deadly(job: Job, store: Store) -> Any:
        future = submit(job, store)
        for process in hands._pool._processes.values():
            process.kill()
        return future

    monkeypatch.setattr(hands, "submit", deadly)
    with pytest.raises(LabError, match="died 3 times at craft"):
        list(work(real, store, hands))
