"""Who is attacked, by name: a network, a defence in front of one, or several networks that answer as one.

`tiny/resnet` is a network as it is, `tiny/resnet+jpeg` one behind a defence, `tiny/resnet&tiny/densenet+sem` a jury of
two. Settings that differ from the defence's own follow: `tiny/resnet+quantise-weights:bits=4`. Links, saved runs, the
endpoint and the record know a surrogate by this name alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import CARDS
from models.defences import DEFENCES, Numbers
from models.defences.knobs import settle

LONGEST = 1000
"""Of a name, in characters."""
SHOWN = 60
"""How many characters of a wrong name are said back."""


@dataclass(frozen=True)
class Attacked:
    """One surrogate. networks: of the catalogue. defence: what stands in front of them, with its settings."""

    networks: tuple[str, ...]
    defence: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """One name for what is the same: settings that are the defence's own are left out, the others in its order."""
        together = "&".join(self.networks)
        if self.defence is None:
            return together
        unusual = [
            f":{knob.name}={spelled(self.parameters[knob.name])}"
            for knob in DEFENCES[self.defence].knobs
            if knob.name in self.parameters and spelled(self.parameters[knob.name]) != spelled(knob.default)
        ]
        return f"{together}+{self.defence}{''.join(unusual)}"


def attacked(name: Any) -> Attacked:
    """The surrogate of that name; whether a pack has its networks is not looked at.

    Raises:
        ValueError: no such defence or setting, or a defence of one network in front of several.
    """
    if not isinstance(name, str) or len(name) > LONGEST:
        raise ValueError(f"A surrogate is a name of at most {LONGEST} characters, not {str(name)[:SHOWN]!r}.")
    together, made, rest = name.partition("+")
    networks = tuple(together.split("&"))
    if len(set(networks)) < len(networks):
        raise ValueError(f"A network is named twice in {name[:SHOWN]!r}: name each once.")
    if not made:
        if len(networks) > 1:
            raise ValueError(f"Who answers as one needs to know how: write {name[:SHOWN]}+softmax, for example.")
        return Attacked(networks)
    defence, *settings = rest.split(":")
    if defence not in DEFENCES:
        raise ValueError(f"Unknown defence {defence[:SHOWN]!r}: use some of {', '.join(DEFENCES)}.")
    row = DEFENCES[defence]
    if len(networks) > 1 and not row.several:
        raise ValueError(f"{row.title} stands in front of one network: name each with a {defence} of its own.")
    given = dict(_setting(defence, one) for one in settings)
    settle(row.title, row.knobs, given)
    return Attacked(networks, defence, given)


def composed(networks: Any, defence: Any, parameters: Mapping[str, Any], bare: Any) -> Any:
    """The names of surrogates as a form asks for them; nonsense passes, to be checked with the rest.

    defence: what stands in front of each network, or makes all of them one; "" for nothing; or else names, by commas,
    as `taken_apart` gives them. bare: whether the networks are attacked as they are, too.
    """
    if not networks or not isinstance(networks, list | tuple) or not isinstance(defence, str) or not defence:
        return networks or ()
    if defence not in DEFENCES:
        return defence.split(",")
    plain = [str(name) for name in networks]
    groups = [plain] if DEFENCES[defence].several else [[name] for name in plain]
    made = [Attacked(tuple(group), defence, parameters).name for group in groups]
    return [*plain, *made] if bare else made


def taken_apart(names: Sequence[str]) -> tuple[list[str], str, Mapping[str, Any], bool]:
    """What a form must hold so that `composed` gives these names: its four values."""
    found = [attacked(name) for name in names]
    names, networks = [one.name for one in found], networks_of(names)
    first = next((one for one in found if one.defence), None)
    if first is None or first.defence is None:
        return networks, "", {}, False
    same = networks, first.defence, first.parameters
    if set(first.parameters) <= {knob.name for knob in DEFENCES[first.defence].offered}:
        for bare in (False, True):
            if composed(*same, bare) == list(names):
                return *same, bare
    return networks, ",".join(names), {}, False


def networks_of(names: Sequence[str]) -> list[str]:
    """Every network that these surrogates are made of, once."""
    return list(dict.fromkeys(network for name in names for network in attacked(name).networks))


def no_longer_watching(names: Sequence[str], asked: Sequence[str]) -> str:
    """A sentence on who would have been asked without being attacked, but is inside a surrogate; "" for nobody."""
    gone = [CARDS[name].title for name in asked if name not in names and name in networks_of(names)]
    return f"Part of what is attacked, and so not watching: {' · '.join(gone)}." if gone else ""


def _setting(defence: str, written: str) -> tuple[str, Any]:
    name, _, value = written.partition("=")
    row = DEFENCES[defence]
    knob = next((one for one in row.knobs if one.name == name), None)
    try:
        if value == "none":
            return name, None
        if isinstance(knob, Numbers):
            return name, tuple(float(one) for one in value.split())
        return name, float(value)
    except ValueError:
        raise ValueError(f"{row.title} cannot have {written[:SHOWN]!r}: write it as KNOB=NUMBER.") from None


def spelled(value: Any) -> str:
    """A setting as a name has it."""
    if isinstance(value, list | tuple):
        return " ".join(map(spelled, value))
    return f"{value:.12g}" if isinstance(value, int | float) else "none" if value is None else str(value)
