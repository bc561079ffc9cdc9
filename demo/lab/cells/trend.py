"""The cells and claims of TREND's tables (`trend.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
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


STRENGTHS = tuple(range(1, 21))
KNOWN = (1, 5, 11, 19)
"""The places among them of the four that are fitted: 2, 6, 12 and 20 levels. The paper does not name its own."""
PAIRS = ((FULL, "tiny/resnet-seed"), (FULL, Q1), ("tiny/resnet", "tiny/repvgg"))


def _pairs(scene: Scene) -> Iterator[tuple[str, list[tuple[Job, ...]], tuple[Job, ...]]]:
    """Each pair, both ways: its name, the verdicts at each strength, those on the clean pictures."""
    for source, target in (way for pair in PAIRS for way in (pair, pair[::-1])):
        at: list[tuple[Job, ...]] = []
        for epsilon in STRENGTHS:
            shown = scene.craft("pgd", [source], epsilon=epsilon)
            at.append(votes(scene, shown, (target, source)))
        clean = votes(scene, scene.pictures, (target, source))
        yield f"{CARDS[source].title} → {CARDS[target].title}", at, clean


def growth(scene: Scene) -> Iterator[Cell]:
    """Fig. 12: TM at twenty strengths, and as predicted from four."""
    for title, at, clean in _pairs(scene):
        four = tuple(job for place in KNOWN for job in at[place])
        strengths = [STRENGTHS[place] for place in KNOWN]
        for epsilon, verdicts in zip(STRENGTHS, at, strict=True):
            yield Cell(f"{title}, measured", epsilon, (*verdicts, *clean), "transferred")
        for epsilon in STRENGTHS:
            options = {"strengths": strengths, "at": epsilon}
            yield Cell(f"{title}, predicted", epsilon, (*four, *clean), "fitted_transfer", options)


ERRORS = {"transferred, at 4": "fit", "transferred, at 20": "test", "TM, at 20": "metric"}


def errors(scene: Scene) -> Iterator[Cell]:
    """Table VII: by how much the fit misses."""
    for title, at, clean in _pairs(scene):
        jobs = (*(job for verdicts in at for job in verdicts), *clean)
        for column, what in ERRORS.items():
            yield Cell(title, column, jobs, "fit_error", {"strengths": STRENGTHS, "known": KNOWN, "what": what})


JURIES = {"FP, Q1, Q2": (FULL, Q1, Q2), "three seeds": tuple(trios()["Baseline"])}
ON_JURIES: dict[str, tuple[str, dict[str, Any]]] = {
    "D-AG": ("d-ag", {}),
    "A-GD": ("a-gd", {}),
    "U-GD": ("u-gd", {}),
    "EMPIR": ("empir", {}),
    "PGD on the mean loss": ("pgd", {"fusion": "losses"}),
    "MI-FGSM on the mean loss": ("mi-fgsm", {"fusion": "losses"}),
}
LOW, HIGH = (1, 2, 3, 4), (6, 8, 12, 16)


def votes(scene: Scene, shown: Job, members: Sequence[Seat]) -> tuple[Job, ...]:
    return tuple(scene.verdict(shown, member) for member in members)


def on_juries(scene: Scene) -> Iterator[Cell]:
    """Figs. 5 and 6: attacks on a jury that votes, against ε; steps of ε/4 for all."""
    for jury, members in JURIES.items():
        clean = votes(scene, scene.pictures, members)
        for title, (attack, knobs) in ON_JURIES.items():
            for epsilon in (*LOW, *HIGH):
                shown = scene.craft(attack, members, epsilon=epsilon, step=epsilon / 4, **knobs)
                yield Cell(f"{jury}: {title}", epsilon, (*votes(scene, shown, members), *clean), "toppled")


PICKS = {
    "TREND: lowest TM": "lowest",
    "highest TM": "highest",
    "a random three": "any",
    "the best three, by search": "best",
}
ATTACKED = {"clean": 0, "ε = 1": 1, "ε = 2": 2, "ε = 4": 4}


def design(scene: Scene) -> Iterator[Cell]:
    """Section V-B: juries of three out of all relatives, attacked by A-GD; and each network alone, by PGD."""
    pool = list(relatives().values())
    juries = list(combinations(range(len(pool)), 3))
    known = votes(scene, scene.pictures, pool)
    matrix = tuple(job for source in pool for job in votes(scene, scene.craft("pgd", [source]), pool))
    for column, epsilon in ATTACKED.items():
        fates: list[Job] = []
        for jury in juries:
            members = [pool[place] for place in jury]
            fates += votes(scene, _attacked(scene, "a-gd", members, epsilon), members)
        for row, pick in PICKS.items():
            options = {"networks": len(pool), "juries": [list(jury) for jury in juries], "pick": pick}
            yield Cell(row, column, (*known, *matrix, *fates), "designed", options)
        own = JURIES["FP, Q1, Q2"]
        jobs = votes(scene, _attacked(scene, "a-gd", own, epsilon), own)
        yield Cell("FP, Q1, Q2", column, jobs, "standing", {"members": len(own), "rule": "majority"})
        for title, name in relatives().items():
            jobs = votes(scene, _attacked(scene, "pgd", [name], epsilon), [name])
            yield Cell(f"alone: {title}", column, jobs, "standing")


def _attacked(scene: Scene, attack: str, members: Sequence[Seat], epsilon: float) -> Job:
    return scene.craft(attack, members, epsilon=epsilon) if epsilon else scene.pictures


def pays_to_vote() -> Iterator[Claim]:
    for jury in JURIES:
        for less in ("D-AG", "EMPIR"):
            more, other = f"{jury}: A-GD", f"{jury}: {less}"
            yield Claim(f"At low ε A-GD fools more juries than {less}.", more, other, columns=LOW, control=True)
        yield Claim("Unanimity costs U-GD its strength.", f"{jury}: A-GD", f"{jury}: U-GD")
