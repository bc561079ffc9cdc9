"""The places on the jury of one run: surrogates, held-out classifiers, and the defended ones. Nothing is loaded yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import models
from demo.run.attacked import Attacked, attacked, networks_of, spelled
from demo.run.verdict import Juror
from models import CARDS, Classifier
from models.catalog import DEFENDED
from models.defences import DEFENCES, Defence, defend
from models.packs import trio_of
from models.weights.download import OnBytes

AVERAGED = 10
"""Over so many looks the attacker averages one that answers at random."""
MIXED = "#868e96"
"""The colour of a defence that is made of several networks."""


@dataclass(frozen=True)
class Entry:
    """One place on the jury.

    networks: the catalogue's names of whom the juror is made. defence, parameters: what stands in front of them. noisy:
    whether those that were trained under noise answer behind that noise. beside: other entries that answer with them.
    """

    juror: Juror
    networks: tuple[str, ...]
    defence: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    noisy: bool = False
    beside: tuple[Entry, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether it is a network just as it is."""
        return self.defence is None and not (self.noisy and CARDS[self.networks[0]].sigma)

    @property
    def passes(self) -> int:
        """How many passes through a network one answer to the attacker takes, at most."""
        return len(self.networks) * (AVERAGED if self.juror.random else 1)

    def load(self, device: str, progress: OnBytes | None = None) -> Classifier:
        """The classifier that sits here. progress: told of downloads."""
        members = [models.load(name, device, progress) for name in self.networks]
        if self.noisy:
            members = [_as_trained(member) for member in members]
        if self.defence is None:
            return members[0]
        members += [entry.load(device, progress) for entry in self.beside]
        several = DEFENCES[self.defence].several
        return defend(self.defence, members if several else members[0], **self.parameters)


def roster(
    surrogates: Sequence[str],
    held_out: Sequence[str],
    guards: Mapping[str, Mapping[str, Any]],
    guarded: str | None = None,
) -> tuple[Entry, ...]:
    """Every place on the jury, in the order of the page: three groups.

    Networks trained for a defence count as defended unless they are surrogates. Guards stand in front of `guarded`, or
    the best held-out normal network, or, where none is left, of the first attacked one: the attack then knows the
    network, but not its guard. A jury is made of the held-out networks of its defence's role, or else of all normal
    ones. A guard that is itself under attack is a surrogate and no watcher.

    surrogates: names as `demo.run.attacked` has them.
    """
    touched = networks_of(surrogates)
    normal = [name for name in held_out if CARDS[name].role == "normal"]
    plain = [name for name in held_out if CARDS[name].role not in DEFENDED]
    hardened = [name for name in held_out if CARDS[name].role in DEFENDED]
    behind = guarded or (max(normal, key=top1) if normal else touched[0])
    found = _surrogates([attacked(name) for name in surrogates])
    found += [Entry(_plain(name, "held-out"), (name,)) for name in plain]
    found += [_hardened(name) for name in hardened]
    for defence, parameters in guards.items():
        row = DEFENCES[defence]
        fit = [name for name in held_out if CARDS[name].role == row.made_of]
        together = fit or normal or touched
        # One network is no jury: those of its guarded selves answer with it that do not answer at random.
        guarded_selves = [e for e in found if e.defence and e.juror.group == "defended" and not e.juror.random]
        beside = guarded_selves if len(together) == 1 else []
        chosen = together if row.several else [behind]
        guard = _guarded(defence, parameters, chosen, beside if row.several else [])
        found += [guard] if guard.juror.name not in [entry.juror.name for entry in found] else []
    return tuple(found)


def top1(name: str) -> float:
    """Top-1 accuracy of a classifier, a fraction of 1: measured here, or published; 0 where neither is known."""
    card = CARDS[name]
    return float(card.notes.get("accuracy", {}).get("top1") or card.top1 or 0.0)


def _plain(name: str, group: str) -> Juror:
    card = CARDS[name]
    return Juror(name, card.title, group, name, card.color)


def _surrogates(wanted: Sequence[Attacked]) -> list[Entry]:
    """Who is attacked, each in a colour of its own: that of its network, lighter where an earlier one has it."""
    found, colors = [], Counter[str]()
    for one in wanted:
        row = DEFENCES[one.defence] if one.defence else None
        color = MIXED if row and row.several else CARDS[one.networks[0]].color
        title, shade = _title(one.networks, row, one.parameters), _lighter(color, colors[color])
        juror = Juror(one.name, title, "surrogate", one.networks[0], shade, bool(row and row.random))
        found.append(Entry(juror, one.networks, one.defence, one.parameters))
        colors[color] += 1
    return found


def _lighter(color: str, times: int) -> str:
    """The colour itself at 0, then a third of the way to white, a half, and ever less far on."""
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{part + (255 - part) * times // (times + 2):02x}" for part in parts)


def _hardened(name: str) -> Entry:
    """A network trained for a defence, as it was trained to answer."""
    card = CARDS[name]
    if not card.sigma:
        return Entry(_plain(name, "defended"), (name,))
    return Entry(Juror(f"{name}+own-noise", card.title, "defended", name, card.color, True), (name,), noisy=True)


def _as_trained(classifier: Classifier) -> Classifier:
    """One that was trained under noise answers behind that noise."""
    sigma = classifier.card.sigma if classifier.card else 0
    return defend("smoothing", classifier, sigma=sigma) if sigma else classifier


def _guarded(defence: str, parameters: Mapping[str, Any], names: Sequence[str], beside: Sequence[Entry]) -> Entry:
    row = DEFENCES[defence]
    title = f"{row.title} of {len(names) + len(beside)}, guarded ones too" if beside else _title(names, row)
    color = MIXED if row.several else CARDS[names[0]].color
    noisy = not row.several  # a jury bears its own noise
    random = row.random or (noisy and bool(CARDS[names[0]].sigma)) or any(entry.juror.random for entry in beside)
    members = (*names, *(entry.juror.name for entry in beside))
    juror = Juror(Attacked(members, defence, parameters).name, title, "defended", names[0], color, random)
    return Entry(juror, tuple(names), defence, parameters, noisy, tuple(beside))


def _title(names: Sequence[str], row: Defence | None, parameters: Mapping[str, Any] | None = None) -> str:
    """parameters: said where they are not the defence's own."""
    if row is None:
        return CARDS[names[0]].title
    given = [(knob, spelled((parameters or {}).get(knob.name, knob.default))) for knob in row.knobs]
    unusual = ", ".join(f"{knob.title.lower()} {value}" for knob, value in given if value != spelled(knob.default))
    what = f"{row.title} ({unusual})" if unusual else row.title
    return f"{what} of {_together(names)}" if row.several else f"{_together(names)} behind {what}"


def _together(names: Sequence[str]) -> str:
    """Networks in a row of titles; a trio by its name, and more than four by their number."""
    if trio := trio_of(names):
        return f"the {trio} trio"
    titles = [CARDS[name].title for name in names]
    return ", ".join(titles) if len(titles) < 5 else f"{len(titles)} networks"
