"""What a field of a request says of itself; checks, endpoint, record and README follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from demo.attacks.knobs import number


@dataclass(frozen=True)
class Limits:
    """What a number may be. name: what a refusal calls it."""

    name: str
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Setting:
    """help: what it means, for the endpoint and README. empty: what a form sends where nothing is chosen, since it
    has no None. limits: of a number."""

    help: str
    empty: Any = None
    limits: Limits | None = None


def setting(default: Any, help: str, *, empty: Any = None, limits: Limits | None = None) -> Any:
    """A field of a request with its words."""
    words = {"setting": Setting(help, empty, limits)}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata=words)
    return field(default=default, metadata=words)


def settings(owner: Any) -> dict[str, Setting]:
    """The settings of a request (or of its class) by their names, in order."""
    return {one.name: one.metadata["setting"] for one in fields(owner) if "setting" in one.metadata}


def check_numbers(owner: Any) -> None:
    """Every number of a request against its limits; None passes where it is the default."""
    for one in fields(owner):
        limits = one.metadata["setting"].limits if "setting" in one.metadata else None
        value = getattr(owner, one.name)
        if limits is None or (value is None and one.default is None):
            continue
        number(limits.name, value, limits.low, limits.high, whole=limits.whole)


def plain(value: Any) -> Any:
    """Numbers as Python and JSON have them: numpy's, and 10.0 for 10 as widgets send it. The check comes later."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(plain(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    if isinstance(value, Integral):
        return int(value)
    value = float(value)
    return int(value) if value.is_integer() else value
