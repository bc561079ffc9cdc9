"""Who meets whom in SEM's figures (Qin et al. 2021): attackers A to E, baselines F to M, and the ablations; and
what the paper says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from demo.lab.scene import behind, seen
from demo.lab.seats import Seat
from demo.lab.table import Claim
from models.catalog import find, names

SMOOTHED = tuple(name for name in names("tiny") if find(name).role == "smoothed")
PLAIN = ("tiny/resnet", "tiny/densenet", "tiny/regnet", "tiny/repvgg", "tiny/mobilenet")
"""Of those without noise the quicker ones: with the smoothed they make seven architectures, like the paper's."""
LIBRARY = (*SMOOTHED, *PLAIN)
MIDDLE = tuple(name for name in SMOOTHED if find(name).sigma == 0.25)
BARE = ("tiny/densenet", "tiny/resnet", "tiny/mobilenet")
ALIKE = tuple(name for name in LIBRARY if find(name).blueprint == find("tiny/densenet").blueprint)
SPREAD = ("tiny/densenet-noise-0.5", "tiny/resnet-noise-0.25", "tiny/mobilenet-noise-0.12", "tiny/repvgg")
WAYS = {"BIM": "i-fgsm", "MIM": "mi-fgsm", "PGD": "pgd"}
ASKING = {"NES": "nes", "SPSA": "spsa"}


def stochastic(members: Sequence[Seat], smallest: int = 1, largest: int = 3) -> Seat:
    return behind("sem", *members, sigmas=[0.0], smallest=smallest, largest=largest)


def alone(name: str) -> Seat:
    """A member that passes for an architecture of its own, under its own noise."""
    sigma = find(name).sigma
    return behind("softmax", behind("smoothing", name, sigma=sigma, draws=1) if sigma else name)


SEM = stochastic(LIBRARY)
SMOOTHED_JURY = behind("sween", *MIDDLE, sigma=0.25)
SMOOTHED_ONE = behind("smoothing", MIDDLE[0], sigma=0.25)
JURY = behind("softmax", *BARE)
FEW = LIBRARY[::2]
Versus = Mapping[str, tuple[Seat, Seat]]
"""Row -> whom the attacker looks at, and who judges. A smoothed model is one look a call, and so is SEM."""


def white(steps: int) -> Versus:
    return {
        "A: SEM, every draw known": (SEM, SEM),
        "B: SEM, one draw an attack": (seen("kept", SEM, queries=steps), SEM),
        "C: half of SEM, as SEM": (stochastic(FEW), SEM),
        "D: half of SEM, as one jury": (behind("softmax", *FEW), SEM),
        "F: smoothed jury": (seen("averaged", SMOOTHED_JURY, draws=1), SMOOTHED_JURY),
        "G: smoothed": (seen("averaged", SMOOTHED_ONE, draws=1), SMOOTHED_ONE),
        "H: jury": (JURY, JURY),
        "I: single": (BARE[0], BARE[0]),
    }


def black() -> Versus:
    met = white(1)
    asked = {"E: SEM": "A", "J: smoothed jury": "F", "K: smoothed": "G", "L: jury": "H", "M: single": "I"}
    return {title: next(pair for row, pair in met.items() if row[0] == like) for title, like in asked.items()}


def strategies() -> Versus:
    found = {
        "SEM of 1 to 3": SEM,
        "SEM of 6 or 7": stochastic(LIBRARY, 6, 7),
        "one architecture, 1 to 3": stochastic([alone(name) for name in ALIKE]),
        "four architectures, 1 to 3": stochastic([alone(name) for name in SPREAD]),
        "H: jury": JURY,
    }
    return {title: (seat, seat) for title, seat in found.items()}


def changes(steps: int) -> Versus:
    often = {f"a draw known every {n} steps": (seen("kept", SEM, queries=n), SEM) for n in (2, 5) if n < steps}
    return {
        "A: every draw known": (SEM, SEM),
        **often,
        "B: one draw an attack": white(steps)["B: SEM, one draw an attack"],
        "A, mean of 4 draws a step": (seen("averaged", SEM, draws=4), SEM),
        "F: smoothed jury": white(steps)["F: smoothed jury"],
    }


def said(ways: Mapping[str, str], whom: Versus, *told: tuple[str, str, str, bool]) -> tuple[Claim, ...]:
    """Claims for every way, of rows that are named by how they begin."""

    def row(way: str, begin: str) -> str:
        return f"{way}, {next(title for title in whom if title.startswith(begin))}"

    return tuple(
        Claim(f"{way}: {words}", row(way, more), row(way, less), control=control)
        for way in ways
        for words, more, less, control in told
    )


UNTARGETED = (
    ("an ensemble falls sooner than a single model.", "H", "I", False),
    ("smoothing protects a single model.", "I", "G", False),
    ("smoothing an ensemble protects more than smoothing one model.", "G", "F", False),
    ("SEM is weakest where each draw is known (A), strongest where one is kept (B).", "A", "B", False),
    ("SEM as the attacker's regulariser is no gain over a plain jury of the same half.", "D", "C", False),
    ("the attacker who knows SEM best does no more than whoever attacks a smoothed ensemble.", "F", "A", False),
)
AIMED = (UNTARGETED[3],)
"""Of targeted attacks the paper says no more with one voice: SEM is at times the better, at times the smoothed jury."""
ASKED = (
    ("an ensemble falls sooner than a single model.", "L", "M", False),
    ("smoothing protects a single model.", "M", "K", False),
    ("SEM is no better a defence than the smoothed ensemble.", "E", "J", False),
)
DRAWN = (
    ("larger juries make SEM weaker.", "SEM of 6", "SEM of 1", False),
    ("without several architectures SEM is weaker.", "one arch", "SEM of 1", False),
    ("the same with as many networks, at the same noises, of four.", "one arch", "four", True),
    ("a stochastic jury of one architecture falls sooner than a fixed one of several.", "one arch", "H", False),
)
