"""What grows, and who votes: the cells and claims of TREND's other tables (`trend.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from demo.lab.cells import matrix
from demo.lab.cells.matrix import FULL, Q1, Q2, votes
from demo.lab.job import Job
from demo.lab.scene import Scene
from demo.lab.seats import Seat
from demo.lab.table import Cell, Claim
from models.catalog import CARDS
from models.packs import trios

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
    pool = list(matrix.relatives().values())
    juries = list(combinations(range(len(pool)), 3))
    known = votes(scene, scene.pictures, pool)
    between = tuple(job for source in pool for job in votes(scene, scene.craft("pgd", [source]), pool))
    for column, epsilon in ATTACKED.items():
        fates: list[Job] = []
        for jury in juries:
            members = [pool[place] for place in jury]
            fates += votes(scene, _attacked(scene, "a-gd", members, epsilon), members)
        for row, pick in PICKS.items():
            options = {"networks": len(pool), "juries": [list(jury) for jury in juries], "pick": pick}
            yield Cell(row, column, (*known, *between, *fates), "designed", options)
        own = JURIES["FP, Q1, Q2"]
        jobs = votes(scene, _attacked(scene, "a-gd", own, epsilon), own)
        yield Cell("FP, Q1, Q2", column, jobs, "standing", {"members": len(own), "rule": "majority"})
        for title, name in matrix.relatives().items():
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
