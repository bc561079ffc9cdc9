"""Who sits on the jury of one run: surrogates, held-out classifiers, and the defended ones."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import torch

import models
from demo.events import Loading
from demo.request import Request
from demo.verdict import Juror
from models import CARDS, Classifier
from models.catalog import DEFENDED
from models.defences import DEFENCES, Averaged, defend
from models.hub import Progress
from models.supply import trio_of

MIXED = "#868e96"
"""The colour of a defence that is made of several networks."""

Seat = tuple[Juror, Classifier]


def summon(request: Request, progress: Progress | None = None) -> list[Seat]:
    """Every juror of a run with its classifier, in the order of the page: three groups.

    Networks trained for a defence count as defended unless they are surrogates. Guards stand in front of the best
    held-out normal network, or, where none is left, of the first surrogate: the attack then knows the network, but
    not its guard. A jury is made of the onlookers of its defence's role, or else of all normal ones. progress: told of
    downloads.
    """

    def load(name: str) -> Classifier:
        return models.load(name, request.device, progress)

    normal = [name for name in request.onlookers if CARDS[name].role == "normal"]
    plain = [name for name in request.onlookers if CARDS[name].role not in DEFENDED]
    robust = [name for name in request.onlookers if CARDS[name].role in DEFENDED]
    seats = [_surrogate(name, load(name), request.known_guard) for name in request.surrogates]
    seats += [(_plain(name, "held-out"), load(name)) for name in plain]
    seats += [_hardened(name, load(name)) for name in robust]
    guarded = request.guarded or (max(normal, key=top1) if normal else request.surrogates[0])
    together = normal or list(request.surrogates)
    for defence, parameters in request.guards.items():
        row = DEFENCES[defence]
        fit = [name for name in request.onlookers if CARDS[name].role == row.made_of]
        chosen = (fit or together) if row.several else [guarded]
        members = [load(name) if row.several else _as_trained(load(name)) for name in chosen]
        seats.append(_guarded(defence, parameters, chosen, members))
    return seats


def arriving(request: Request) -> Generator[Loading, None, list[Seat]]:
    """The jury, loaded beside us so that its downloads can be told of; closing the run ends a download."""
    told: queue.Queue[Loading | None] = queue.Queue()
    closed = threading.Event()
    found: list[list[Seat]] = []
    failed: list[Exception] = []

    def progress(title: str, have: int, total: int) -> None:
        if closed.is_set():
            raise ValueError("The run was stopped.")
        told.put(Loading(title, have, total))

    def load() -> None:
        try:
            found.append(summon(request, progress))
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
    return found[0]


def attackable(classifier: Classifier, seed: int) -> Classifier:
    """The classifier as an attacker differentiates it: one that answers by lot is averaged over its looks."""
    if not classifier.random:
        return classifier
    averaged = Averaged(classifier)
    averaged.generator = torch.Generator().manual_seed(seed)
    return averaged


def top1(name: str) -> float:
    """Top-1 accuracy of a classifier, a fraction of 1: measured here, or published; 0 where neither is known."""
    card = CARDS[name]
    return float(card.notes.get("accuracy", {}).get("top1") or card.top1 or 0.0)


def parameters(name: str) -> int:
    """How many parameters a classifier has, by its card."""
    card = CARDS[name]
    return int(card.parameters or card.notes.get("parameters", 0))


def _plain(name: str, group: str) -> Juror:
    card = CARDS[name]
    return Juror(name, card.title, group, name, card.color)


def _hardened(name: str, classifier: Classifier) -> Seat:
    """A network trained for a defence, as it was trained to answer."""
    card, trained = CARDS[name], _as_trained(classifier)
    if trained is classifier:
        return _plain(name, "defended"), classifier
    return Juror(f"{name}+own-noise", card.title, "defended", name, card.color, trained.random), trained


def _as_trained(classifier: Classifier) -> Classifier:
    """One that was trained under noise answers behind that noise."""
    sigma = classifier.card.sigma if classifier.card else 0
    return defend("smoothing", classifier, sigma=sigma) if sigma else classifier


def _surrogate(name: str, classifier: Classifier, guard: str | None) -> Seat:
    if guard is None:
        return _plain(name, "surrogate"), classifier
    card, row = CARDS[name], DEFENCES[guard]
    defended = defend(guard, classifier)
    title = f"{card.title} behind {row.title}"
    return Juror(f"{name}+known-{guard}", title, "surrogate", name, card.color, defended.random), defended


def _together(names: Sequence[str]) -> str:
    """Networks in a row of titles; a trio by its name, and more than four by their number."""
    if trio := trio_of(names):
        return f"the {trio} trio"
    titles = [CARDS[name].title for name in names]
    return ", ".join(titles) if len(titles) < 5 else f"{len(titles)} networks"


def _guarded(
    defence: str, parameters: Mapping[str, Any], names: Sequence[str], classifiers: list[Classifier]
) -> tuple[Juror, Classifier]:
    row = DEFENCES[defence]
    defended = defend(defence, classifiers if row.several else classifiers[0], **parameters)
    titles = _together(names)
    title = f"{row.title} of {titles}" if row.several else f"{titles} behind {row.title}"
    color = MIXED if row.several else CARDS[names[0]].color
    return Juror(f"{names[0]}+{defence}", title, "defended", names[0], color, defended.random), defended
