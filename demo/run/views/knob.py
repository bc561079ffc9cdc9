"""Turn the knob: who says what as the strength grows, or the iterations do (EnsembleFool, Fig. 6), beside noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from demo.run.control import noisy
from demo.run.jury import Jury, Member, answered
from demo.run.kept import Kept
from demo.run.picture import Pixels, to_pixels, to_tensor, within
from demo.run.session import frames
from demo.run.verdict import Juror

STRENGTHS = (0, 16, 8, 2, 4, 1)
"""In levels of 255, in the order in which they are tried, coarse first; after none at all, the run's own."""
ITERATIONS = (0, 16, 1, 4, 2, 8)
"""The same of iterations; the attack is run anew for each, since its steps are shorter where there are more."""


@dataclass(frozen=True)
class Turned:
    """What was found so far, by value (strength in levels of 255, or iterations), in order.

    knob: which, "epsilon" or "iterations". sure: each juror's probability of the label under attack (or of the target).
    noise: the mean of those probabilities over the jurors where random noise of that strength was added instead. least:
    the smallest value tried at which each juror falls; None where none was enough.
    """

    knob: str
    values: tuple[float, ...]
    jurors: tuple[Juror, ...]
    sure: Mapping[str, tuple[float, ...]]
    noise: tuple[float, ...]
    least: Mapping[str, float | None]


@dataclass
class _Found:
    sure: dict[float, list[float]] = field(default_factory=dict)
    noise: dict[float, float] = field(default_factory=dict)
    fell: dict[float, list[bool]] = field(default_factory=dict)


def turned(kept: Kept, jury: Jury, knob: str = "epsilon") -> Iterator[Turned]:
    """The same attack at every value of the knob in turn, each judged on 8-bit pictures; told after each."""
    asked = [member for member in jury if member.juror.name in kept.prepared.look.before]
    found = _Found()
    for value in _values(kept, knob):
        attacked = kept.plan.original if value == 0 else _attacked(kept, jury, knob, value)
        found.sure[value], found.fell[value] = _judged(kept, asked, attacked)
        chances, _ = _judged(kept, asked, _noise(kept, knob, value))
        found.noise[value] = sum(chances) / len(chances)
        yield _told(knob, found, [member.juror for member in asked])


def _values(kept: Kept, knob: str) -> list[float]:
    """None at all and the run's own first. An attack whose number of iterations is fixed has no other."""
    first, *others = STRENGTHS if knob == "epsilon" else ITERATIONS
    if knob == "iterations" and kept.plan.recipe.steps:
        others = []
    return list(dict.fromkeys((first, _own(kept, knob), *others)))


def _own(kept: Kept, knob: str) -> float:
    return kept.plan.epsilon if knob == "epsilon" else kept.plan.steps


def _attacked(kept: Kept, jury: Jury, knob: str, value: float) -> Pixels:
    plan = kept.plan
    if value == _own(kept, knob):
        return kept.finished.adversarial
    other = replace(plan, epsilon=value) if knob == "epsilon" else replace(plan, iterations=int(value))
    *_, last = frames(other, jury, plan.labels.index(kept.prepared.goal))
    return within(to_pixels(last.adversarial), plan.original, other.epsilon)


def _noise(kept: Kept, knob: str, value: float) -> Pixels:
    """Random noise of that strength; it knows no iterations."""
    strength = value if knob == "epsilon" else kept.plan.epsilon
    return kept.plan.original if value == 0 else noisy(kept.plan.original, strength, kept.plan.seed)


def _judged(kept: Kept, asked: Sequence[Member], picture: Pixels) -> tuple[list[float], list[bool]]:
    shown = to_tensor(picture, kept.plan.device)
    said = [answered(member, shown, kept.plan, kept.prepared) for member in asked]
    return [opinion.belief for opinion, _ in said], [mark == "fooled" for _, mark in said]


def _told(knob: str, found: _Found, jurors: Sequence[Juror]) -> Turned:
    values = sorted(found.sure)
    least = {
        juror.name: next((value for value in values if found.fell[value][place]), None)
        for place, juror in enumerate(jurors)
    }
    return Turned(
        knob=knob,
        values=tuple(values),
        jurors=tuple(jurors),
        sure={juror.name: tuple(found.sure[value][k] for value in values) for k, juror in enumerate(jurors)},
        noise=tuple(found.noise[value] for value in values),
        least=least,
    )
