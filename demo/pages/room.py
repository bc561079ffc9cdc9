"""The waiting room: who computes now, who is next and when, and how many of it are one visitor's."""

from __future__ import annotations

import contextvars
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from demo.pages.memory import give_back

SEATS = 2
"""Runs at a time, so that a second visitor need not wait and a third does not slow both down."""
PLACES = 30
"""How many may wait; the next is asked to come back."""
EACH = 3
"""How many a visitor may have, waiting or running; one of them runs."""
PAUSE = 1.0
"""Seconds between two looks at the line, and so the longest until somebody who has left is noticed."""
REMEMBERED = 16
"""How many runs the time of the next is told from."""


@dataclass(frozen=True)
class Waiting:
    """In line: the place from 1, 0 when it is one's turn, and seconds until then; None before any run was timed."""

    place: int
    seconds_left: float | None


def _desks() -> list[ThreadPoolExecutor]:
    return [ThreadPoolExecutor(1, "seat") for _ in range(SEATS)]


@dataclass(eq=False)
class _Ticket:
    """desk: the thread of a seat. Gradio takes a run's steps on any of its threads, and each that has ever computed
    keeps what torch caches by thread: a few hundred megabytes."""

    names: frozenset[str]
    began: float | None = None
    desk: ThreadPoolExecutor | None = None

    def worked(self, stream: Iterator[Any]) -> Iterator[Any]:
        """The stream, every step of it taken at the desk."""
        context = contextvars.copy_context()  # in which a Space knows whose request this is
        desk, end = self.desk, object()
        assert desk is not None
        try:
            while (item := desk.submit(context.run, lambda: next(stream, end)).result()) is not end:
                yield item
        finally:
            if isinstance(stream, Generator):
                desk.submit(context.run, stream.close).result()


@dataclass
class Room:
    """A line in order of arrival, in which nobody takes two seats."""

    _free: list[ThreadPoolExecutor] = field(default_factory=_desks)
    _line: list[_Ticket] = field(default_factory=list)
    _spent: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _moves: int = 0
    _moved: threading.Condition = field(default_factory=threading.Condition)

    def seated(self, names: frozenset[str], stream: Iterator[Any]) -> Iterator[Any]:
        """The stream, when it is its turn; until then Waiting, once a second and whenever somebody goes.

        names: whom it is for; who shares one of them is the same visitor.

        Raises:
            ValueError: the room is full, or this visitor has enough in it.
        """
        ticket = self._enter(names)
        try:
            seen = self._moves
            while (told := self._turn(ticket)).place:
                yield told
                seen = self._until_moved(seen)
            yield told
            yield from ticket.worked(stream)
        finally:
            self._leave(ticket)

    def counts(self) -> tuple[int, int]:
        """How many run, and how many wait."""
        with self._moved:
            running = sum(ticket.began is not None for ticket in self._line)
            return running, len(self._line) - running

    def _enter(self, names: frozenset[str]) -> _Ticket:
        with self._moved:
            if sum(bool(ticket.names & names) for ticket in self._line) >= EACH:
                raise ValueError(f"{EACH} of your runs are under way or waiting: let one end, or stop it, first.")
            if len(self._line) >= SEATS + PLACES:
                raise ValueError(f"{PLACES} others are waiting already: please try again in a minute.")
            self._line.append(ticket := _Ticket(names))
            return ticket

    def _until_moved(self, seen: int) -> int:
        """Sleeps until somebody has gone, or PAUSE; the number of the last move, which the next call is to be given."""
        with self._moved:
            self._moved.wait_for(lambda: self._moves != seen, PAUSE)
            return self._moves

    def _turn(self, ticket: _Ticket) -> Waiting:
        """Takes a seat if one is free for this ticket; else where it stands."""
        with self._moved:
            able, blocked = self._order()
            if ticket in able[: len(self._free)]:
                ticket.began, ticket.desk = time.monotonic(), self._free.pop()
                return Waiting(0, 0.0)
            place = (able + blocked).index(ticket)
            return Waiting(place + 1, self._wait(place))

    def _order(self) -> tuple[list[_Ticket], list[_Ticket]]:
        """Those who wait: who may take a seat, and whose visitor has a seat or stands further in front already."""
        able: list[_Ticket] = []
        blocked: list[_Ticket] = []
        taken = {name for ticket in self._line if ticket.began is not None for name in ticket.names}
        for ticket in self._line:
            if ticket.began is None:
                (blocked if ticket.names & taken else able).append(ticket)
                taken |= ticket.names
        return able, blocked

    def _wait(self, place: int) -> float | None:
        """Seconds until so many have taken a seat before, if each keeps it as long as the last ones did."""
        if not self._spent:
            return None
        each = sum(self._spent) / len(self._spent)
        now = time.monotonic()
        ends = [max(one.began + each - now, 0.0) for one in self._line if one.began is not None]
        ends += [0.0] * len(self._free)
        for _ in range(place):
            ends.sort()
            ends[0] += each
        return min(ends)

    def _leave(self, ticket: _Ticket) -> None:
        with self._moved:
            if ticket.began is not None and ticket.desk is not None:
                self._spent.append(time.monotonic() - ticket.began)
                self._free.append(ticket.desk)
                if len(self._free) == SEATS:
                    give_back()
            self._line.remove(ticket)
            self._moves += 1
            self._moved.notify_all()


ROOM = Room()
"""All heavy work of the server: runs, searches, comparisons, from the page and from programs."""


def visitor(request: Any) -> frozenset[str]:
    """What tells this visitor from others: the page that they have open and, where the server knows it, the address.

    Behind a reverse proxy the address is in a header that only the proxy may set: QUORUM_PROXY_HEADER names it, such as
    x-forwarded-for, whose last entry counts. Without it addresses are not looked at: behind a proxy all have one.
    """
    names = {f"page {getattr(request, 'session_hash', '')}"}
    header = os.environ.get("QUORUM_PROXY_HEADER")
    if header and (chain := request.headers.get(header)):
        names.add(f"address {chain.rpartition(',')[2].strip()}")
    return frozenset(names)
