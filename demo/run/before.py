"""Before the attack: what everybody says of the picture, and what follows from it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any
from weakref import ref

import torch
from torch import Tensor

from demo.run import verdict
from demo.run.events import Look, Prepared, Unknown
from demo.run.jury import Jury, Member, attacked, each
from demo.run.picture import to_tensor
from demo.run.plan import Plan
from models import Classifier
from models.defences import Judgement

GUESSES = 3
"""How many of the surrogates' best guesses are offered."""
KNOWN = 512
"""Answers that are remembered, without their pictures: the page looks as soon as there is one, and the attack need not
ask again."""


def prepare(plan: Plan, jury: Jury) -> Prepared | Unknown:
    """What the jury says before the attack, and what follows from it for the attack.

    Raises:
        ValueError: the jury sees the target already.
    """
    picture = to_tensor(plan.original, plan.device)
    said = said_of_original(plan, [member for member in jury if not _patient(member)])
    chances = _chances(plan, jury, picture, said)
    index, sure = agreed(chances, plan.sure)
    guess = plan.labels[index]
    # Who has a target need not know what the picture shows.
    label = plan.label or (guess if sure or plan.target else None)
    if plan.target is not None and plan.target == label:
        raise ValueError(f"The jury already sees {label}: choose another target.")
    goal = plan.labels.index(plan.target or label or guess)
    before = {name: verdict.told(one, plan.labels, goal) for name, one in said.items()}
    jurors = tuple(member.juror for member in jury)
    likeliest = chances.mean(0).topk(min(GUESSES, len(plan.labels)))
    guesses = tuple((plan.labels[i], p) for p, i in zip(*(values.tolist() for values in likeliest), strict=True))
    look = Look(plan.original, jurors, before, guess, sure, guesses, len(plan.labels), _device_name(plan.device))
    return Unknown(look) if label is None else Prepared(look, label, plan.target)


Known = tuple[list["ref[Classifier]"], Judgement]
_known: OrderedDict[str, Known] = OrderedDict()
_lock = Lock()


def said_of_original(plan: Plan, members: Jury) -> dict[str, Judgement]:
    """What they say of the picture as it is, by name. Whoever has been asked just so before is not asked again."""
    seen = hashlib.sha256(repr((plan.original.shape, plan.device)).encode() + plan.original.tobytes()).hexdigest()
    keys = [f"{seen} {_how(plan, member)}" for member in members]
    found = {place: one for place, key in enumerate(keys) if (one := _remembered(key, members[place])) is not None}
    new = [place for place in range(len(members)) if place not in found]
    picture = to_tensor(plan.original, plan.device)
    for place, one in zip(new, judged(plan, [(members[place], picture, plan.seed) for place in new]), strict=True):
        found[place] = one
        _remember(keys[place], members[place], one)
    return {member.juror.name: found[place] for place, member in enumerate(members)}


def _how(plan: Plan, member: Member) -> tuple[Any, ...]:
    """All that an answer depends on, but for the picture: who answers by lot answers to a number of looks."""
    entry = member.entry
    lots = (plan.draws, plan.seed) if member.juror.random else ()
    return entry.networks, entry.defence, entry.parameters, entry.noisy, entry.beside, lots


def _remembered(key: str, member: Member) -> Judgement | None:
    with _lock:
        networks, said = _known.get(key, ([], None))
        return said if networks and [one() for one in networks] == _inside(member) else None


def _remember(key: str, member: Member, said: Judgement) -> None:
    with _lock:
        _known[key] = [ref(one) for one in _inside(member)], said
        while len(_known) > KNOWN:
            _known.popitem(last=False)


def _inside(member: Member) -> list[Classifier]:
    """The networks that it is made of, as they were loaded: others by the same name may say something else."""
    found = [part for part in member.classifier.modules() if isinstance(part, Classifier)]
    return [one for one in found if not any(isinstance(part, Classifier) for part in list(one.modules())[1:])]


def judged(plan: Plan, asks: Sequence[tuple[Member, Tensor, int]]) -> list[Judgement]:
    """What members say of pictures `(1,3,H,W)`, each with its seed."""

    def one(place: int) -> Judgement:
        member, picture, seed = asks[place]
        return verdict.judged(member.classifier, picture, plan.draws, seed)

    return each([member for member, _, _ in asks], asks[0][1], one) if asks else []


def _chances(plan: Plan, jury: Jury, picture: Tensor, said: Mapping[str, Judgement]) -> Tensor:
    """The surrogates' probabilities `(M,C)`, as the attacker sees them."""
    attackers = zip((one for one in jury if one.juror.group == "surrogate"), attacked(jury, plan.seed), strict=True)
    with torch.no_grad():
        return torch.stack(
            [
                attacker(picture)[0].softmax(-1) if member.juror.random else said[member.juror.name].probabilities[0]
                for member, attacker in attackers
            ]
        )


def agreed(chances: Tensor, sure: float) -> tuple[int, bool]:
    """What networks with these probabilities `(M,C)` see, and whether most say so, at a mean of `sure` or more."""
    index = int(chances.mean(0).argmax())
    votes = int((chances.argmax(-1) == index).sum())
    return index, votes * 2 > len(chances) and float(chances[:, index].mean()) >= sure


def _patient(member: Member) -> bool:
    """Whether it can wait for the end to be asked, both times: who answers at random takes many looks."""
    return member.juror.random and member.juror.group != "surrogate"


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"
