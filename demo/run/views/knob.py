"""Turn the knob: who says what as the strength grows, and what random noise of the same strength does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from demo.run.control import noisy
from demo.run.jury import Jury, Member
from demo.run.kept import Kept
from demo.run.picture import Pixels, to_pixels, to_tensor, within
from demo.run.session import frames
from demo.run.verdict import Juror, status

STRENGTHS = (0, 16, 8, 2, 4, 1)
"""In levels of 255, in the order in which they are tried, coarse first; after none at all, the run's own."""


@dataclass(frozen=True)
class Turned:
    """What was found so far, by strength in levels of 255, in order.

    sure: each juror's probability of the label under attack (or of the target). noise: the mean of those probabilities
    over the jurors where random noise of that strength was added instead. least: the smallest strength tried at which
    each juror falls; None where none was enough.
    """

    strengths: tuple[float, ...]
    jurors: tuple[Juror, ...]
    sure: Mapping[str, tuple[float, ...]]
    noise: tuple[float, ...]
    least: Mapping[str, float | None]


@dataclass
class _Found:
    sure: dict[float, list[float]] = field(default_factory=dict)
    noise: dict[float, float] = field(default_factory=dict)
    fell: dict[float, list[bool]] = field(default_factory=dict)


def turned(kept: Kept, jury: Jury) -> Iterator[Turned]:
    """The same attack at every strength in turn, each judged on 8-bit pictures; told after each."""
    asked = [member for member in jury if not member.juror.random and member.juror.name in kept.prepared.look.before]
    found = _Found()
    for strength in dict.fromkeys((STRENGTHS[0], kept.plan.epsilon, *STRENGTHS[1:])):
        attacked = _attacked(kept, jury, strength)
        found.sure[strength], found.fell[strength] = _judged(kept, asked, attacked)
        noise = kept.plan.original if strength == 0 else noisy(kept.plan.original, strength, kept.plan.seed)
        chances, _ = _judged(kept, asked, noise)
        found.noise[strength] = sum(chances) / len(chances)
        yield _told(found, [member.juror for member in asked])


def _attacked(kept: Kept, jury: Jury, strength: float) -> Pixels:
    plan = kept.plan
    if strength == 0:
        return plan.original
    if strength == plan.epsilon:
        return kept.finished.adversarial
    other = replace(plan, epsilon=strength)
    *_, last = frames(other, jury, plan.labels.index(kept.prepared.goal))
    return within(to_pixels(last.adversarial), plan.original, strength)


@torch.no_grad()
def _judged(kept: Kept, asked: Sequence[Member], picture: Pixels) -> tuple[list[float], list[bool]]:
    plan, prepared = kept.plan, kept.prepared
    goal, sure, fell = plan.labels.index(prepared.goal), [], []
    for member in asked:
        chances = member.classifier(to_tensor(picture, plan.device))[0].softmax(-1)
        before, answer = prepared.look.before[member.juror.name].answer, plan.labels[int(chances.argmax())]
        sure.append(float(chances[goal]))
        fell.append(status(before, answer, prepared.goal, prepared.target is not None) == "fooled")
    return sure, fell


def _told(found: _Found, jurors: Sequence[Juror]) -> Turned:
    strengths = sorted(found.sure)
    least = {
        juror.name: next((strength for strength in strengths if found.fell[strength][place]), None)
        for place, juror in enumerate(jurors)
    }
    return Turned(
        strengths=tuple(strengths),
        jurors=tuple(jurors),
        sure={juror.name: tuple(found.sure[s][k] for s in strengths) for k, juror in enumerate(jurors)},
        noise=tuple(found.noise[s] for s in strengths),
        least=least,
    )
