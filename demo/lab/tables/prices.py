"""Ours: the price list of defences: what they cost on clean pictures, and which attacks they survive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.lab.scene import Scene, behind, seen
from demo.lab.seats import Seat, at_random
from demo.lab.table import Cell, Claim, Table
from models.catalog import CARDS
from models.defences import DEFENCES
from models.packs import PACKS

NONE = "none"
ATTACKS = {"MI-FGSM": "mi-fgsm", "SVRE": "svre"}
KNOWN = "attacked itself"
LOOKS = 4
"""Which an attacker who knows a random defence averages, each step."""
TINY = ("tiny/resnet", "tiny/densenet", "tiny/googlenet"), "tiny/regnet"


def sides(pack: str) -> tuple[tuple[str, ...], str]:
    """Who is attacked, and behind whom the defences stand."""
    begin = PACKS[pack].starters()
    return TINY if pack == "tiny" else (begin.surrogates, begin.held_out[0])


def rows(pack: str) -> dict[str, Seat]:
    """None first. A defence of several is made of all of its role that nobody attacks; with hardened ones, the plain
    jury of the same stands beside it. Adversarially trained networks stand for themselves."""
    attacked, single = sides(pack)
    unseen = [name for name in CARDS if name.startswith(f"{pack}/") and name not in attacked]
    found: dict[str, Seat] = {NONE: single}
    for name, row in DEFENCES.items():
        if not row.several:
            found[row.title] = behind(name, single)
        elif pack == "tiny":
            jury = [member for member in unseen if CARDS[member].role == row.made_of]
            found[row.title] = behind(name, *jury)
            if row.made_of != "normal":
                found[f"{row.title}: its networks as a plain jury"] = behind("softmax", *jury)
    robust = [name for name in PACKS[pack].held_out() if CARDS[name].role == "robust"]
    return found | {CARDS[name].title: name for name in robust}


def _cells(scene: Scene) -> Iterator[Cell]:
    attacked, _ = sides(scene.pack)
    shown = {"clean": scene.pictures}
    shown |= {f"{title} on others": scene.craft(attack, attacked) for title, attack in ATTACKS.items()}
    for title, seat in rows(scene.pack).items():
        for head, pictures in shown.items():
            yield Cell(title, head, (scene.verdict(pictures, seat),), "right")
        met = seen("averaged", seat, draws=LOOKS) if at_random(seat) else seat
        itself = scene.craft("pgd", [met], epsilon=scene.epsilon / 4, step=scene.epsilon / 16)
        yield Cell(title, KNOWN, (scene.verdict(itself, seat),), "right")


def _claims(pack: str) -> Sequence[Claim]:
    return tuple(
        Claim(f"{title} helps against transferred pictures.", title, NONE, tuple(f"{one} on others" for one in ATTACKS))
        for title in rows(pack)
        if title != NONE
    )


TABLES = (
    Table(
        name="defences",
        paper="ours",
        place="price list",
        title="Right behind each defence: on clean pictures, on transferred ones, and where the attacker knows it",
        sentence="An abstention is not right. On others: at ε and step ε/T, on networks that the defence is not made "
        f"of. {KNOWN.capitalize()}: PGD at ε/4 on the defended one, its gradient "
        f"as it passes (straight through where it has none), of random ones the mean of {LOOKS} looks a step.",
        cells=_cells,
        rightly=lambda pack: (),
        heads=("defence", "right"),
        up=False,
        pictures=60,
        epsilon={"tiny": 8.0},
        claims=_claims,
    ),
)
