"""Ours: what more jurors bring, and how different they should be. Who is asked in the end is never attacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.lab.job import Job
from demo.lab.scene import Scene
from demo.lab.table import Cell, Claim, Table
from models.catalog import CARDS
from models.packs import PACKS

STEPS = 10
NUMBERS = (1, 2, 3, 4, 6, 8)
ASKED = ("tiny/regnet", "tiny/mobilenet", "tiny/resnet-pgd")
"""On the laboratory's pack: two normal networks and one trained against PGD. On others, whom the pack holds out."""
ROLES = {"normal": "not attacked", "robust": "adversarially trained"}
NOISE = "random signs (control)"
ATTACKS = {"MI-FGSM": "mi-fgsm", "EnsembleFool-A": "ensemblefool-a"}
KINDS = {
    "one architecture, other seeds": ("tiny/resnet-seed", "trios/baseline-1", "trios/baseline-2", "trios/baseline-3"),
    "the first of these, other architectures": ("tiny/resnet-seed", "tiny/densenet", "tiny/googlenet", "tiny/xcit"),
    "one architecture, other training": (
        "tiny/densenet",
        "tiny/densenet-noise-0.12",
        "tiny/densenet-ensemble",
        "tiny/densenet-robust",
    ),
    "the first of these, others' architectures": ("tiny/densenet", "tiny/resnet", "tiny/googlenet", "tiny/xcit"),
}


def asked(pack: str) -> tuple[str, ...]:
    return ASKED if pack == "tiny" else PACKS[pack].starters().held_out


def attacked(pack: str) -> tuple[str, ...]:
    """At most eight, the normal ones first."""
    if pack != "tiny":
        return PACKS[pack].starters().surrogates
    free = [name for name in PACKS[pack].held_out() if name not in ASKED]
    return tuple(sorted(free, key=lambda name: CARDS[name].role != "normal"))[: NUMBERS[-1]]


def juries(pack: str, number: int) -> list[list[str]]:
    """Two of that size, from either half on, so that each network counts alike up to half of them."""
    pool = attacked(pack)
    starts = {0, len(pool) // 2}
    drawn = [sorted({pool[(start + place) % len(pool)] for place in range(number)}) for start in starts]
    return [jury for place, jury in enumerate(drawn) if jury not in drawn[:place]]


def _met(scene: Scene, title: str, number: int, crafted: Sequence[Job]) -> Iterator[Cell]:
    for role, told in ROLES.items():
        chosen = [name for name in asked(scene.pack) if CARDS[name].role == role]
        if chosen:
            verdicts = tuple(scene.verdict(one, name) for one in crafted for name in chosen)
            yield Cell(f"{title}: {told}", number, verdicts, "fooled")


def _number(scene: Scene) -> Iterator[Cell]:
    numbers = [number for number in NUMBERS if number <= len(attacked(scene.pack))]
    step, gradients = scene.epsilon / scene.steps, scene.steps * numbers[-1]
    for title, attack in ATTACKS.items():
        for number in numbers:
            crafted = [scene.craft(attack, jury, step=step) for jury in juries(scene.pack, number)]
            yield from _met(scene, f"{title}, {scene.steps} steps", number, crafted)
    for number in numbers:
        crafted = [
            scene.craft("mi-fgsm", jury, step=step, steps=gradients // number) for jury in juries(scene.pack, number)
        ]
        yield from _met(scene, f"MI-FGSM, {gradients} gradients", number, crafted)
    for number in numbers:
        yield from _met(scene, NOISE, number, [scene.noise()])


def _kinds(scene: Scene) -> Iterator[Cell]:
    for title, members in KINDS.items():
        for number in range(1, len(members) + 1):
            crafted = scene.craft("mi-fgsm", members[:number], step=scene.epsilon / scene.steps)
            yield from _met(scene, title, number, [crafted])


def _more(pack: str) -> Sequence[Claim]:
    last = [number for number in NUMBERS if number <= len(attacked(pack))][-1]
    rows = {f"MI-FGSM, {STEPS} steps": False, f"MI-FGSM, {STEPS * last} gradients": True}
    return tuple(
        Claim(
            f"{last} surrogates fool more than one ({row}, {told}).",
            f"{row}: {told}",
            f"{row}: {told}",
            (last,),
            control,
            (1,),
        )
        for row, control in rows.items()
        for told in dict.fromkeys(ROLES[CARDS[name].role] for name in asked(pack))
    )


def _different() -> Iterator[Claim]:
    titles = list(KINDS)
    for alike, mixed in zip(titles[::2], titles[1::2], strict=True):
        for told in ROLES.values():
            words = f"At equal numbers, steps and gradients, {mixed.partition(', ')[2]} beat {alike.partition(', ')[2]}"
            yield Claim(f"{words} ({told}).", f"{mixed}: {told}", f"{alike}: {told}", (2, 3, 4), control=True)


def _everyone(pack: str) -> Sequence[str]:
    return (*asked(pack), *attacked(pack))


TABLES = (
    Table(
        name="jurors",
        paper="ours",
        place="how many",
        title="Fooled, who was not attacked, against the number of surrogates",
        sentence="Mean over juries of that size and over those asked, who are never attacked. Step ε/T throughout; the "
        "row of equal gradients takes more iterations with fewer surrogates, as many together as all of them take.",
        cells=_number,
        rightly=_everyone,
        heads=("attack: on whom", "surrogates"),
        axis="surrogates",
        pictures=48,
        epsilon={"tiny": 8.0},
        steps=STEPS,
        claims=_more,
    ),
    Table(
        name="jurors-alike",
        paper="ours",
        place="how different",
        title="Fooled, who was not attacked, against the number of surrogates of one kind",
        sentence="MI-FGSM, step ε/T. Each pair of rows begins with the same network.",
        cells=_kinds,
        packs=("tiny",),
        rightly=lambda pack: asked(pack),
        heads=("surrogates: on whom", "surrogates"),
        axis="surrogates",
        pictures=100,
        epsilon={"tiny": 8.0},
        claims=tuple(_different()),
    ),
)
