"""What happens in a run, as plain data: numpy, text and numbers, nothing that lives on a device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.picture import Pixels
from demo.verdict import Finding, Juror, Opinion


@dataclass(frozen=True)
class Loading:
    """A network on its way from the hub. have, total: bytes."""

    title: str
    have: int
    total: int


@dataclass(frozen=True)
class Prepared:
    """The picture on its canvas, and what the jury says before anything happens.

    label: the class under attack, or, beside a target, what the picture is taken for; guess: what the surrogates
    see; sure: whether they agree on it with confidence.
    An event whose label is None ends the run: nobody knows what to attack, and nothing was attacked.
    """

    original: Pixels
    jurors: tuple[Juror, ...]
    before: Mapping[str, Opinion]
    guess: str
    sure: bool
    label: str | None
    target: str | None
    device: str


@dataclass(frozen=True)
class Progress:
    """One frame. Mappings go by jurors' names; confidence is that of the label under attack (or of the target).

    weights: the surrogates' at this iteration, empty where the attack has none. seconds: since the run began;
    seconds_left: an estimate. details: what this attack alone has to show.
    """

    step: int
    steps: int
    picture: Pixels
    weights: Mapping[str, float]
    confidence: Mapping[str, float]
    cost: int
    queries: int
    seconds: float
    seconds_left: float
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The verdict on exactly the bytes in `png`."""

    original: Pixels
    adversarial: Pixels
    png: bytes
    findings: tuple[Finding, ...]
    sentence: str
    distances: Mapping[str, float]
    label: str
    target: str | None
    history: tuple[Progress, ...]
    seconds: float


Event = Loading | Prepared | Progress | Finished
