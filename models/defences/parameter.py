"""What a defence lets one choose: one table of limits and words for the page, for Python and for the checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A number within [low, high]; `whole` for integers; `several` where a list of such numbers is wanted.

    default: the value where none is given; None (only with `several`) means that the defence works it out.
    title, help: what a person reads beside the slider; a page may leave out what is `several`.
    """

    name: str
    default: float | tuple[float, ...] | None
    low: float
    high: float
    title: str
    help: str
    whole: bool = False
    several: bool = False

    def check(self, value: Any) -> Any:
        """The value, if it is allowed; else a ValueError that says what is."""
        if not self.several:
            return self._number(value)
        if value is None and self.default is None:
            return None
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise ValueError(f"{self.name} is {value!r}: use a list of at least one number, {self._range()} each.")
        return tuple(self._number(one) for one in value)

    def _number(self, value: Any) -> float | int:
        # NaN and infinities are within no limits; a bool is an int to Python, and numpy's numbers are Real.
        real = not isinstance(value, bool) and isinstance(value, Real)
        if not real or not self.low <= value <= self.high or (self.whole and value != int(value)):
            kind = "a whole number" if self.whole else "a number"
            raise ValueError(f"{self.name} is {value!r}: use {kind} {self._range()}.")
        return int(value) if self.whole else float(value)

    def _range(self) -> str:
        return f"from {self.low:g} to {self.high:g}"


def settle(owner: str, parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter's value, given or default, checked; ValueError names what is unknown or out of range."""
    table = {parameter.name: parameter for parameter in parameters}
    unknown = [name for name in given if name not in table]
    if unknown:
        has = f"it has {', '.join(table)}" if table else "it has none"
        raise ValueError(f"{owner} has no parameter {unknown[0]!r}: {has}.")
    return {name: parameter.check(given.get(name, parameter.default)) for name, parameter in table.items()}
