"""What a visitor asks for: one field a setting. `plan` checks it all once and makes it ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.attacks.knobs import settle
from demo.attacks.recipes import RECIPES, Recipe, recipe
from demo.run import checks
from demo.run.attacked import attacked, networks_of, no_longer_watching
from demo.run.picture import FRAMINGS, read
from demo.run.plan import Plan
from demo.run.roster import roster
from demo.run.setting import Limits, check_numbers, plain, setting, settings
from models.packs import DEFAULT_PACK, PACKS

STRONGEST = 64
MOST_ITERATIONS = 100
MOST_LOOKS = 200
DEFAULT_ATTACK = "ensemblefool-a"
DEFAULT_ITERATIONS = 10
PACK = PACKS[DEFAULT_PACK]


@dataclass(frozen=True)
class Request:
    """One run. epsilon and step_size are in levels of 255; labels are names of the pack's classes.

    picture: anything `demo.run.picture.read` takes. What the other fields mean stands beside them. device: where it is
    computed.
    """

    picture: Any
    surrogates: Sequence[str] = setting(
        PACK.starters().surrogates,
        "who is attacked: networks, or defences made of them, such as tiny/resnet, tiny/resnet+quantise-weights:bits=4 "
        "or tiny/resnet&tiny/densenet+sem",
    )
    attack: str = setting(DEFAULT_ATTACK, f"one of {', '.join(RECIPES)}")
    epsilon: float = setting(
        PACK.epsilon,
        "how far a colour value may move, in levels of 255",
        limits=Limits("The strength epsilon (in levels of 255)", 1, STRONGEST),
    )
    iterations: int = setting(
        DEFAULT_ITERATIONS, "steps of the attack", limits=Limits("The number of iterations", 1, MOST_ITERATIONS, True)
    )
    seed: int = setting(0, "equal seeds give equal pictures", limits=Limits("The seed", 0, 2**32 - 1, True))
    label: str | None = setting(None, "the class under attack; empty lets the surrogates say what they see", empty="")
    target: str | None = setting(None, "the class that the jury should say; empty for an untargeted attack", empty="")
    framing: str = setting(FRAMINGS[0], " or ".join(FRAMINGS))
    step_size: float | None = setting(
        None,
        "the length of a step in levels of 255; 0 is the attack's own",
        empty=0,
        limits=Limits("The step size (in levels of 255)", 0.01, STRONGEST),
    )
    knobs: Mapping[str, Any] = setting({}, 'the attack\'s own settings as an object, such as {"momentum": 1.0}')
    pack: str = setting(DEFAULT_PACK, " or ".join(PACKS))
    side: int | None = setting(None, "the canvas in pixels; 0 is the pack's own", empty=0)
    held_out: Sequence[str] | None = setting(
        None, "who is asked without being attacked; empty for the pack's own", empty=[]
    )
    guards: Mapping[str, Mapping[str, Any]] = setting(
        PACK.guards, "defences that are asked in the end, with their parameters; juries are made of all held-out ones"
    )
    guarded: str | None = setting(
        None, "the held-out network that guards stand in front of; empty for the best", empty=""
    )
    draws: int = setting(
        PACK.looks,
        "looks by those that answer at random",
        limits=Limits("The number of draws", 1, MOST_LOOKS, True),
    )
    place: float = setting(
        0.5,
        "where the square that is cut out lies along the longer side, from 0 (left or top) to 1",
        limits=Limits("The place of the crop", 0, 1),
    )
    device: str = field(default="cpu", kw_only=True)

    def __post_init__(self) -> None:
        for name in settings(Request):
            object.__setattr__(self, name, plain(getattr(self, name)))

    def check(self) -> None:
        """All that `plan` checks but the picture itself; ValueError as there."""
        self._checked()

    def plan(self, beside: Plan | None = None) -> Plan:
        """Everything checked and settled; what is run from here on.

        Args:
            beside: a plan of the same picture and jury, whose pixels and roster are taken over unread.

        Raises:
            ValueError: a sentence for the visitor: what is wrong, and what to do.
        """
        chosen, knobs = self._checked()
        held_out = self._held_out()
        original = beside.original if beside else read(self.picture, self._side(), self.framing, self.place)
        return Plan(
            attack=chosen.name,
            knobs=knobs,
            original=original,
            roster=beside.roster if beside else roster(self.surrogates, held_out, self.guards, self.guarded),
            labels=tuple(PACKS[self.pack].vocabulary().values()),
            label=self.label,
            target=self.target,
            epsilon=self.epsilon,
            sure=PACKS[self.pack].sure,
            iterations=int(self.iterations),
            step_size=self.step_size,
            seed=int(self.seed),
            draws=int(self.draws),
            device=self.device,
            settings=self.settled(),
            notes=tuple(filter(None, [no_longer_watching(self.surrogates, self._cast())])),
        )

    def settled(self) -> dict[str, Any]:
        """Every setting by name, with what follows where nothing was said."""
        asked = {name: getattr(self, name) for name in settings(Request)}
        surrogates = [attacked(name).name for name in self.surrogates]
        held_out = self._held_out()
        return {**asked, "surrogates": surrogates, "side": self._side(), "held_out": held_out, "device": self.device}

    def _checked(self) -> tuple[Recipe, dict[str, Any]]:
        if self.picture is None:
            raise ValueError("There is no picture yet: upload one, take one with the camera, or pick an example.")
        chosen = recipe(self.attack)
        checks.check_pack(self.pack, self.side)
        if self.held_out is not None:
            checks.check_networks("held-out network", self.held_out, self.pack)
        checks.check_surrogates(self.surrogates, self.pack, chosen)
        if not isinstance(self.epsilon, bool) and self.epsilon == 0:
            raise ValueError(f"The strength epsilon is 0, which allows no change: use a number from 1 to {STRONGEST}.")
        check_numbers(self)
        if self.framing not in FRAMINGS:
            raise ValueError(f"The framing is {self.framing!r}: use one of {', '.join(FRAMINGS)}.")
        checks.check_classes(self.label, self.target, self.pack, chosen)
        checks.check_guards(self.guards, self.guarded, self._held_out())
        if not isinstance(self.knobs, Mapping):
            raise ValueError('The knobs must be an object such as {"momentum": 1.0}.')
        return chosen, settle(chosen.title, chosen.knobs, self.knobs)

    def _side(self) -> int:
        return self.side or PACKS[self.pack].sides[0]

    def _held_out(self) -> list[str]:
        """The networks that the attack never touches, alone or as a part of something, in the catalogue's order."""
        touched = networks_of(self.surrogates)
        return [name for name in self._cast() if name not in touched]

    def _cast(self) -> Sequence[str]:
        return PACKS[self.pack].held_out() if self.held_out is None else self.held_out


def from_form(values: Mapping[str, Any], **more: Any) -> Request:
    """A request from a form's values by name, where what is empty stands for the default. more: fields as they are."""
    named = settings(Request)
    asked = {
        name: None if named[name].empty is not None and value == named[name].empty else value
        for name, value in values.items()
        if name in named
    }
    return Request(values["picture"], **{**asked, **more})
