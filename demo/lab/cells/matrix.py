"""Who fools whom: the cells and claims of TREND's matrices (`trend.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from demo.lab.job import Job
from demo.lab.scene import Scene, behind
from demo.lab.seats import Seat
from demo.lab.table import Cell, Claim
from models.catalog import CARDS, names
from models.packs import PACKS, trios

ATTACKS: dict[str, tuple[str, dict[str, Any]]] = {
    "PGD": ("pgd", {}),
    "C&W, κ = 50": ("cw", {"confidence": 50}),
    "C&W, κ = 0": ("cw", {"confidence": 0}),
}
FULL, Q1, Q2 = "trios/baseline-1", "tiny/resnet-q1", "tiny/resnet-q2"
OTHERS, NOISE = "the others", "random noise"
Seats = Mapping[str, Seat]


def architectures(pack: str) -> dict[str, Seat]:
    """Networks without a defence, each of another make."""
    if pack == "imagenet":
        chosen = [*PACKS[pack].starters().surrogates, *PACKS[pack].held_out()]
    else:
        chosen = [name for name in names(pack) if CARDS[name].role == "normal"]
    return {CARDS[name].title: name for name in chosen}


def relatives() -> dict[str, Seat]:
    """One small network, and the same with one thing changed: its seed, its optimiser, how coarse its pictures are."""
    changed = [name for name in names("tiny") if CARDS[name].role in ("quantised", "control")]
    return {CARDS[name].title: name for name in (FULL, *changed)}


def coarse() -> dict[str, Seat]:
    """The same network with rounded weights, and with rounded activations."""
    kinds = {"W": "quantise-weights", "A": "quantise-activations"}
    rounded = {
        f"{sign}{bits}": behind(kind, FULL, bits=bits) for sign, kind in kinds.items() for bits in (8, 6, 5, 4, 3)
    }
    return {"FP": FULL, **rounded}


def fours(scene: Scene, shown: Job, source: Seat, targets: Sequence[Seat]) -> tuple[Job, ...]:
    """What `transfer.transferred` takes: for each target, both verdicts on what was made, and on the clean pictures."""
    asked = ((shown, source), (scene.pictures, source))
    (on_made, on_clean) = (scene.verdict(*one) for one in asked)
    return tuple(
        job
        for target in targets
        for job in (scene.verdict(shown, target), on_made, scene.verdict(scene.pictures, target), on_clean)
    )


def matrix(scene: Scene, seats: Seats, attacks: Sequence[str] = tuple(ATTACKS)) -> Iterator[Cell]:
    """TM from each to each; in the last row and column its mean over the others."""
    for title in attacks:
        attack, knobs = ATTACKS[title]
        made = {name: scene.craft(attack, [seat], **knobs) for name, seat in seats.items()}
        for source, target in ((one, other) for one in seats for other in (*seats, OTHERS)):
            shown_to = [seats[name] for name in seats if name != source] if target == OTHERS else [seats[target]]
            jobs = fours(scene, made[source], seats[source], shown_to)
            yield Cell(f"{title}: {source}", target, jobs, "transferred")
        for target in seats:
            given = (fours(scene, made[one], seats[one], [seats[target]]) for one in seats if one != target)
            yield Cell(f"{title}: {OTHERS}", target, tuple(job for four in given for job in four), "transferred")
    for target, seat in seats.items():
        jobs = (scene.verdict(scene.noise(), seat), scene.verdict(scene.pictures, seat))
        yield Cell(NOISE, target, jobs, "newly_fooled")


def training(scene: Scene) -> Iterator[Cell]:
    """Tables II and III: between seeds, and between optimisers."""
    sgd, adam = [*trios()["Baseline"], "tiny/resnet-seed"], ["tiny/resnet-adam"]
    ways = {
        "SGD → SGD": list(permutations(sgd, 2)),
        "SGD → Adam": [(one, other) for one in sgd for other in adam],
        "Adam → SGD": [(one, other) for one in adam for other in sgd],
    }
    for title, (attack, knobs) in {**ATTACKS, "DeepFool": ("deepfool", {})}.items():
        made = {name: scene.craft(attack, [name], **knobs) for name in (*sgd, *adam)}
        for way, pairs in ways.items():
            jobs = (job for one, other in pairs for job in fours(scene, made[one], one, [other]))
            yield Cell(title, way, tuple(jobs), "transferred")


def votes(scene: Scene, shown: Job, members: Sequence[Seat]) -> tuple[Job, ...]:
    return tuple(scene.verdict(shown, member) for member in members)


def asymmetry(pack: str) -> Iterator[Claim]:
    """Whether it is symmetric; of trios, whether those trained together to disagree fool one another less."""
    yield Claim("PGD transfers better than C&W of no confidence.", f"PGD: {OTHERS}", f"C&W, κ = 0: {OTHERS}")
    if pack != "trios":
        for name in architectures(pack):
            sentence = f"Transfer is not symmetric: {name} fools more than it is fooled."
            yield Claim(sentence, f"PGD: {name}", f"PGD: {OTHERS}", columns=(OTHERS,), against=(name,))
        return
    plain, *trained = ([CARDS[name].title for name in three] for three in trios().values())
    for title, three in zip(list(trios())[1:], trained, strict=True):
        sentence = f"{title}'s first fools its two less than the first of those trained apart."
        alone, together = (f"PGD: {first}" for first in (plain[0], three[0]))
        yield Claim(sentence, alone, together, tuple(plain[1:]), control=True, against=tuple(three[1:]))
