"""Knobs: the settings a defence offers, with their limits and their words. One check serves page and Python.

Names and shapes are those of the attacks' knobs; neither side may import the other, so that each can be used alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any


@dataclass(frozen=True)
class Number:
    """A number within [low, high]; `whole` for integers. title, help: what a person reads beside it.

    judged: whether `judge` is told it at each question, so that a form that asks the judge need not offer it.
    """

    name: str
    default: float
    low: float
    high: float
    title: str
    help: str
    whole: bool = False
    judged: bool = False

    def check(self, value: Any) -> float | int:
        """The value, if it is allowed; else a ValueError that says what is."""
        return number(self.name, value, self.low, self.high, whole=self.whole)


@dataclass(frozen=True)
class Numbers:
    """A list of at least one number within [low, high]; the default None means that the defence works it out."""

    name: str
    default: tuple[float, ...] | None
    low: float
    high: float
    title: str
    help: str

    def check(self, value: Any) -> tuple[float, ...] | None:
        """The values, if they are allowed; else a ValueError that says what is."""
        if value is None and self.default is None:
            return None
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            limits = f"from {self.low:g} to {self.high:g}"
            raise ValueError(f"{self.name} is {value!r}: use a list of at least one number, {limits} each.")
        return tuple(number(self.name, one, self.low, self.high) for one in value)


Knob = Number | Numbers


def number(name: str, value: Any, low: float, high: float, *, whole: bool = False) -> float | int:
    """The value, if it is a finite number within [low, high] (and whole, where it must be); else a ValueError."""
    # NaN and infinities are within no limits; a bool is an int to Python, and numpy's numbers are Real.
    real = not isinstance(value, bool) and isinstance(value, Real)
    if not real or not low <= value <= high or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{name} is {value!r}: use {kind} from {low:.10g} to {high:.10g}.")
    return int(value) if whole else float(value)


def settle(owner: str, knobs: Iterable[Knob], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every knob's value, given or default, checked; ValueError names what is unknown or out of range."""
    table = {knob.name: knob for knob in knobs}
    unknown = [name for name in given if name not in table]
    if unknown:
        has = f"it has {', '.join(table)}" if table else "it has none"
        raise ValueError(f"{owner} has no parameter {unknown[0]!r}: {has}.")
    return {name: knob.check(given.get(name, knob.default)) for name, knob in table.items()}
