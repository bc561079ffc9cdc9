"""What happens in a run, as plain data: numpy, text and numbers, nothing that lives on a device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.run.picture import Pixels
from demo.run.plan import Plan
from demo.run.verdict import Finding, Juror, Opinion


@dataclass(frozen=True)
class Loading:
    """A network on its way from the hub. have, total: bytes."""

    title: str
    have: int
    total: int


@dataclass(frozen=True)
class Elsewhere:
    """The device had not enough memory, and the run begins again on another."""

    device: str


@dataclass(frozen=True)
class Look:
    """The picture on its canvas, and what the jury says before anything happens.

    guess: what the surrogates see; sure: whether they agree on it with confidence. guesses: the likeliest three, with
    their mean probability. classes: how many things the jury knows. before: by jurors' names; who answers at random
    and is not attacked is asked at the end only.
    """

    original: Pixels
    jurors: tuple[Juror, ...]
    before: Mapping[str, Opinion]
    guess: str
    sure: bool
    guesses: tuple[tuple[str, float], ...]
    classes: int
    device: str


@dataclass(frozen=True)
class Unknown:
    """The end of a run without a label: the jury does not know the picture, and nobody said what it shows."""

    look: Look


@dataclass(frozen=True)
class Prepared:
    """What will be attacked. label: the class under attack, or, beside a target, what the picture is taken for."""

    look: Look
    label: str
    target: str | None

    @property
    def goal(self) -> str:
        """The class whose probability the attack moves: up for a target, else down."""
        return self.target or self.label


@dataclass(frozen=True)
class Progress:
    """One frame. Mappings go by jurors' names; confidence is that of the label under attack (or of the target).

    answers: what each juror that is asked on the way says and how sure it is; of those who only look on, what they said
    last, a moment ago at most: `Finished.history` has what they say of this very frame. weights: the surrogates' at
    this iteration, empty where the attack has none. gradients: backward passes through one surrogate so far; forwards:
    forward passes. seconds: since the run began; seconds_left: an estimate. details: what this attack alone has to
    show. notes: sentences on surrogates whose gradient has vanished.
    """

    step: int
    steps: int
    picture: Pixels
    weights: Mapping[str, float]
    confidence: Mapping[str, float]
    answers: Mapping[str, tuple[str, float]]
    gradients: int
    forwards: int
    seconds: float
    seconds_left: float
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tried:
    """One strength of a search, in levels of 255: how many of the attacked networks that were right fell."""

    epsilon: int
    fell: int
    asked: int


@dataclass(frozen=True)
class Least:
    """The end of a search: the plan with the least strength that was enough."""

    plan: Plan


@dataclass(frozen=True)
class Control:
    """What random noise of the same size does: every colour value moved by epsilon, up or down by the toss of a coin.

    fooled: how many of the `asked` networks, which are those that were right before and answer as they are.
    """

    fooled: int
    asked: int


@dataclass(frozen=True)
class Finished:
    """The verdict on exactly the bytes in `png`. early: whether the clock ended the attack before its last step."""

    original: Pixels
    adversarial: Pixels
    png: bytes
    findings: tuple[Finding, ...]
    sentence: str
    control: Control
    distances: Mapping[str, float]
    label: str
    target: str | None
    history: tuple[Progress, ...]
    seconds: float
    early: bool = False


Event = Loading | Unknown | Prepared | Progress | Finished
