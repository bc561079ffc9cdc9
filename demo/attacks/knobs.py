"""Knobs: the settings an attack offers, with their limits and their words. One check serves page and Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any


@dataclass(frozen=True)
class Number:
    """A number within [low, high]; `whole` for integers, `none` where None means a default computed from the task."""

    name: str
    default: float | None
    low: float
    high: float
    title: str
    help: str
    whole: bool = False
    none: bool = False

    def check(self, value: Any) -> float | int | None:
        if value is None and self.none:
            return None
        return number(self.name, value, self.low, self.high, whole=self.whole)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    name: str
    default: str
    options: tuple[str, ...]
    title: str
    help: str

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise ValueError(f"{self.name} is {value!r}: use one of {', '.join(self.options)}.")
        return value


@dataclass(frozen=True)
class Choices:
    """Any of a few words, in any number, each once. titles: what a person reads for each of the options."""

    name: str
    default: tuple[str, ...]
    options: tuple[str, ...]
    title: str
    help: str
    titles: tuple[str, ...] = ()

    def check(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(f"{self.name} is {value!r}: give a list of some of {', '.join(self.options)}.")
        chosen = tuple(value)
        wrong = [one for one in chosen if one not in self.options]
        if wrong or len(set(chosen)) < len(chosen):
            raise ValueError(f"{self.name} is {chosen!r}: use each of {', '.join(self.options)} at most once.")
        return chosen


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    name: str
    default: bool
    title: str
    help: str

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{self.name} is {value!r}: use True or False.")
        return value


Knob = Number | Choice | Choices | Flag


def number(name: str, value: Any, low: float, high: float, *, whole: bool = False) -> float | int:
    """The value, if it is a finite number within [low, high] (and whole, where it must be); else a ValueError."""
    kind = "a whole number" if whole else "a number"
    wanted = f"{name} is {value!r}: use {kind} from {low:.10g} to {high:.10g}."
    # NaN and infinities are within no limits; a bool is an int to Python, and numpy's numbers are Real.
    real = not isinstance(value, bool) and isinstance(value, Real)
    if not real or not low <= value <= high or (whole and value != int(value)):
        raise ValueError(wanted)
    return int(value) if whole else float(value)


def settle(owner: str, knobs: Iterable[Knob], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every knob's value, given or default, checked; ValueError names what is unknown or out of range."""
    table = {knob.name: knob for knob in knobs}
    unknown = [name for name in given if name not in table]
    if unknown:
        has = f"it has {', '.join(table)}" if table else "it has none"
        raise ValueError(f"{owner} has no knob {unknown[0]!r}: {has}.")
    return {name: knob.check(given.get(name, knob.default)) for name, knob in table.items()}
