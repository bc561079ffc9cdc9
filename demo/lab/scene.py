"""The scene of a table: whose pictures, which networks, how strong; and from it the jobs that a stanza asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demo.attacks import RECIPES
from demo.attacks.knobs import settle
from demo.lab.job import Job, names_in
from demo.lab.seats import STANCES, Seat, at_random
from demo.lab.works import ROOMS
from models.catalog import CARDS
from models.packs import PACKS

LOOKS = 20
Knobs = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What all cells of a table share.

    pack: a row of `PACKS`. pictures: the job that holds them. count: how many. side: in pixels. epsilon: in levels of
    255. seed: of every random choice.
    """

    pack: str
    pictures: Job
    count: int
    side: int
    epsilon: float
    steps: int
    seed: int = 0

    @property
    def surrogates(self) -> tuple[str, ...]:
        """The pack's own to begin with."""
        return PACKS[self.pack].starters().surrogates

    @property
    def held_out(self) -> tuple[str, ...]:
        """The pack's others, none of them attacked."""
        return tuple(name for name in PACKS[self.pack].held_out() if name not in self.surrogates)

    def craft(
        self,
        attack: str,
        surrogates: Sequence[Seat] | None = None,
        *,
        epsilon: float | None = None,
        steps: int | None = None,
        step: float | None = None,
        targeted: bool = False,
        **knobs: Any,
    ) -> Job:
        """An attack on every picture (`works.craft`); what is not given is the scene's, or the recipe's own.

        epsilon, step: in levels of 255. Knobs that are not given are written out, so that a changed default is another
        job. ValueError as `demo.attacks.craft` for an unknown attack or knob.
        """
        seats = list(self.surrogates if surrogates is None else surrogates)
        settings = {
            "attack": attack,
            "surrogates": seats,
            "epsilon": self.epsilon if epsilon is None else epsilon,
            "step": step,
            "steps": self.steps if steps is None else steps,
            "targeted": targeted,
            "seed": self.seed,
            "knobs": settled(attack, knobs),
        }
        return self._job("craft", settings, (self.pictures,), seats, self._passes(attack, seats, settings))

    def noise(self, epsilon: float | None = None) -> Job:
        """The control: every colour value moved by epsilon, up or down by chance."""
        settings = {"epsilon": self.epsilon if epsilon is None else epsilon, "seed": self.seed}
        return self._job("noise", settings, (self.pictures,), [], 0)

    def verdict(self, shown: Job, classifier: Seat, looks: int = LOOKS) -> Job:
        """What a classifier takes a job's pictures for (`works.verdict`)."""
        settings = {"classifier": classifier, "looks": looks, "seed": self.seed}
        asked = sum(1 for _ in names_in(classifier)) * (looks if at_random(classifier) else 1)
        return self._job("verdict", settings, (shown, self.pictures), [classifier], asked / 2)

    def least(
        self,
        attack: str,
        surrogates: Sequence[Seat],
        classifier: Seat | None = None,
        *,
        targeted: bool = False,
        growth: int = 10,
        bisections: int = 20,
        looks: int = LOOKS,
        **knobs: Any,
    ) -> Job:
        """The least epsilon that fools, for each picture (`works.least`)."""
        seats = list(surrogates)
        settings = {
            "attack": attack,
            "surrogates": seats,
            "classifier": classifier,
            "steps": self.steps,
            "targeted": targeted,
            "seed": self.seed,
            "growth": growth,
            "bisections": bisections,
            "looks": looks,
            "knobs": settled(attack, knobs),
        }
        once = self._passes(attack, seats, settings)
        everyone = [*seats, *([] if classifier is None else [classifier])]
        return self._job("least", settings, (self.pictures,), everyone, once * (growth + bisections))

    def _passes(self, attack: str, seats: Sequence[Seat], settings: Knobs) -> float:
        members = sum(1 for seat in seats for _ in names_in(seat))
        return RECIPES[attack].longest(members, settings["steps"], settings["knobs"])

    def _job(self, work: str, settings: Knobs, needs: tuple[Job, ...], seats: Sequence[Seat], passes: float) -> Job:
        networks = tuple(name for seat in seats for name in names_in(seat))
        return Job(work, settings, needs, networks, ROOMS[work], 1 + passes * self.count * self.side**2)


def everyone(pack: str) -> tuple[str, ...]:
    """Who is attacked to begin with, and then all others that are not: what most tables want pictures named by."""
    begin = PACKS[pack].starters().surrogates
    return (*begin, *(name for name in PACKS[pack].held_out() if name not in begin))


def of_role(pack: str, role: str) -> tuple[str, ...]:
    """Those of `everyone` that are `normal`, or `robust`, in the same order."""
    return tuple(name for name in everyone(pack) if CARDS[name].role == role)


def settled(attack: str, knobs: Knobs) -> Knobs:
    """Every knob of an attack, checked, as plain data."""
    if attack not in RECIPES:
        raise ValueError(f"Unknown attack {attack!r}: use one of {', '.join(RECIPES)}.")
    whole = settle(RECIPES[attack].title, RECIPES[attack].knobs, knobs)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in whole.items()}


def behind(defence: str, *members: Seat, **settings: Any) -> Seat:
    """A defence in front of one seat, or made of several."""
    return [defence, settings, list(members)]


def seen(stance: str, seat: Seat, **settings: Any) -> Seat:
    """One seat as an attacker looks at it; KeyError for an unknown stance."""
    STANCES[stance]
    return [stance, settings, [seat]]
