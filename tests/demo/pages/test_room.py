"""The waiting room: in order of arrival, one seat a visitor, true places and times, and nobody stays who has left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from demo.pages import room
from demo.pages.room import EACH, PLACES, Room, Waiting, visitor

Visit = Iterator[Waiting | str]


@pytest.fixture
def one_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SEATS", 1)


def enter(kept: Room, *visitors: str) -> list[Visit]:
    return [kept.seated(frozenset(names.split()), iter(lambda: "work", "never")) for names in visitors]


def place(visit: Visit) -> int:
    """Where it stands; 0 with a seat."""
    told = next(visit)
    assert isinstance(told, Waiting)
    return told.place


def test_as_many_as_there_are_seats_run_and_the_rest_wait_in_order() -> None:
    kept = Room()
    visits = enter(kept, "a", "b", "c", "d")
    assert [place(visit) for visit in visits] == [0, 0, 1, 2]
    assert next(visits[0]) == "work"
    assert kept.counts() == (2, 2)
    visits[0].close()
    assert [place(visit) for visit in visits[2:]] == [0, 1]


def test_nobody_takes_two_seats_and_others_go_before_a_second_run() -> None:
    kept = Room()
    first, second, other = enter(kept, "a", "a", "b")
    assert [place(visit) for visit in (first, second, other)] == [0, 1, 0]
    other.close()
    assert place(second) == 1, "its visitor's first run goes on"
    first.close()
    assert place(second) == 0


def test_a_second_run_stands_behind_those_who_came_later(one_seat: None) -> None:
    kept = Room()
    visits = enter(kept, "a", "a", "b")
    assert [place(visit) for visit in visits] == [0, 1, 1]
    assert place(visits[1]) == 2


def test_who_leaves_the_line_gives_the_place_away(one_seat: None) -> None:
    kept = Room()
    visits = enter(kept, "a", "b", "c")
    assert [place(visit) for visit in visits] == [0, 1, 2]
    visits[1].close()
    assert place(visits[2]) == 1
    visits[2].close()
    visits[0].close()
    assert kept.counts() == (0, 0)


def test_a_visitor_has_so_many_and_no_more_whichever_name_tells() -> None:
    kept = Room()
    visits = enter(kept, *(f"page-{k} 1.2.3.4" for k in range(EACH)))
    for visit in visits:
        next(visit)
    same, another = enter(kept, "page-new 1.2.3.4", "page-new 5.6.7.8")
    with pytest.raises(ValueError, match=f"{EACH} of your runs"):
        next(same)
    assert place(another) == 0


def test_a_full_room_says_so() -> None:
    kept = Room()
    *visits, last = enter(kept, *(str(k) for k in range(2 + PLACES + 1)))
    for visit in visits:
        next(visit)
    with pytest.raises(ValueError, match=f"{PLACES} others are waiting"):
        next(last)


def test_the_time_is_told_from_the_last_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(room, "time", clock)
    kept = Room()
    a, b, c, d, e = enter(kept, "a", "b", "c", "d", "e")
    assert [place(a), place(b)] == [0, 0]
    assert next(c) == Waiting(1, None), "no run has ended yet"
    clock.now += 4
    a.close()
    assert place(c) == 0
    clock.now += 1
    assert next(d) == Waiting(1, 0.0), "b has had the four seconds that a run takes"
    assert next(e) == Waiting(2, 3.0), "and c three quarters of them to come"


def test_who_waits_is_called_when_a_seat_is_free(one_seat: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PAUSE", 60.0)
    kept = Room()
    running, waiting = enter(kept, "a", "b")
    assert [place(running), place(waiting)] == [0, 1]
    told: list[int] = []
    thread = threading.Thread(target=lambda: told.append(place(waiting)), daemon=True)
    thread.start()
    time.sleep(0.1)
    assert not told
    running.close()
    thread.join(5)
    assert told == [0]


def test_addresses_count_only_where_a_proxy_vouches_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    request = SimpleNamespace(session_hash="s", headers={"x-forwarded-for": "6.6.6.6, 1.2.3.4"})
    assert visitor(request) == {"page s"}
    monkeypatch.setenv("QUORUM_PROXY_HEADER", "x-forwarded-for")
    assert visitor(request) == {"page s", "address 1.2.3.4"}


def test_every_step_of_a_run_is_taken_on_the_thread_of_its_seat() -> None:
    def work() -> Iterator[Waiting | str]:
        try:
            while True:
                yield threading.current_thread().name
        finally:
            left.append(threading.current_thread().name)

    left: list[str] = []
    visit = Room().seated(frozenset("a"), work())
    assert place(visit) == 0
    took: list[Waiting | str] = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: took.append(next(visit)))
        thread.start()
        thread.join()
    visit.close()
    assert len({*took, *left}) == 1
    assert str(took[0]).startswith("seat")
