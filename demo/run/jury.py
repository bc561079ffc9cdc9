"""The jury of one run: its roster filled, beside us, with classifiers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from demo.attacks.abreast import abreast, begin, pays
from demo.run.events import Loading, Prepared
from demo.run.plan import Plan
from demo.run.roster import AVERAGED, Entry
from demo.run.verdict import Juror, Opinion, opinion, status
from models import Classifier
from models.defences import Averaged
from models.weights.download import OnBytes


@dataclass(frozen=True)
class Member:
    """An entry of the roster with its classifier."""

    entry: Entry
    classifier: Classifier

    @property
    def juror(self) -> Juror:
        return self.entry.juror


Jury = Sequence[Member]
T = TypeVar("T")


def each(members: Jury, picture: Tensor, ask: Callable[[int], T]) -> list[T]:
    """What `ask` gives for each place among them, side by side where that is quicker. picture: `(1,3,H,W)`, what they
    are asked about."""
    asked = [member.classifier for member in members]
    return abreast(asked, ask) if pays(asked, picture) else list(map(ask, range(len(asked))))


def arrived(places: Sequence[Entry], device: str, progress: OnBytes | None = None) -> list[Member]:
    """The jury, loaded here and now. progress: told of downloads."""
    return [Member(entry, entry.load(device, progress)) for entry in places]


def arriving(places: Sequence[Entry], device: str) -> Generator[Loading, None, list[Member]]:
    """The jury, loaded beside us so that its downloads can be told of; closing the run ends a download."""
    told: queue.Queue[Loading | None] = queue.Queue()
    closed = threading.Event()
    found: list[Member] = []
    failed: list[Exception] = []

    def progress(title: str, have: int, total: int) -> None:
        if closed.is_set():
            raise ValueError("The run was stopped.")
        told.put(Loading(title, have, total))

    def load() -> None:
        try:
            found.extend(arrived(places, device, progress))
        except Exception as error:  # noqa: BLE001  # raised again below, where the visitor's thread is
            failed.append(error)
        finally:
            told.put(None)

    threading.Thread(target=load, daemon=True).start()
    try:
        while (event := told.get()) is not None:
            yield event
    finally:
        closed.set()
    if failed:
        raise failed[0]
    return found


def begun(members: Jury, pictures: Tensor, ask: Callable[[int], T]) -> Callable[[], list[T]]:
    """The same of pictures `(N,3,H,W)`, begun beside what the caller goes on with; what it gives waits for the end."""
    asked = [member.classifier for member in members]
    if pays(asked, pictures, meanwhile=True):
        return begin(asked, ask)
    found = list(map(ask, range(len(asked))))
    return lambda: found


def answered(member: Member, picture: Tensor, plan: Plan, prepared: Prepared) -> tuple[Opinion, str]:
    """What one that was asked before the attack says of a picture `(1,3,H,W)` now, and its status as a finding's.

    One that answers at random is asked `plan.draws` times, as for the verdict.
    """
    goal = plan.labels.index(prepared.goal)
    now = opinion(member.classifier, picture, goal, plan.draws, plan.seed + 1)
    before = prepared.look.before[member.juror.name].answer
    return now, status(before, now.answer, prepared.goal, prepared.target is not None)


def attacked(jury: Jury, seed: int) -> list[Classifier]:
    """The surrogates as the attacker differentiates them: random ones averaged over looks drawn from the seed."""
    return [_attackable(member.classifier, seed) for member in jury if member.juror.group == "surrogate"]


def _attackable(classifier: Classifier, seed: int) -> Classifier:
    if not classifier.random:
        return classifier
    averaged = Averaged(classifier, AVERAGED)
    averaged.generator = torch.Generator().manual_seed(seed)
    return averaged
