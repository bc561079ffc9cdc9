"""The cells and claims of MORA's tables (`mora.py`).

Every attack follows the very jury by which it is judged, and its control is MORA with β = 0: the same loss, steps,
start and stop, with λ, the sub-models' weights, left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from demo.attacks.mora import SWEEP
from demo.lab.job import Job
from demo.lab.scene import Scene, behind
from demo.lab.table import Cell, Claim
from models.packs import trios

FUSIONS = {"softmax": "predictions", "voting": "predictions", "logits": "logits"}
"""How three become one -> the fusion that is its gradient. A vote has none: the mean of probabilities is a vote
softened at temperature 1, the straight-through gradient that a jury by vote has here."""
STARTS = len(SWEEP)
OTHERS = 4
FRESH: dict[str, tuple[str, dict[str, Any]]] = {
    "PGD": ("pgd", {}),
    "C&W": ("cw", {}),
    "APGD-CE": ("apgd-ce", {}),
    "APGD-DLR": ("apgd-dlr", {}),
    "MORA, β = 0.5": ("mora", {"beta": 0.5}),
    "MORA, β = 0": ("mora", {"beta": 0.0}),
}
"""Attacks that begin STARTS times anew, from one random start after the other."""
WHOLE, MANY = "MORA", "multi-target MORA"
ROUNDED = ("PGD", "C&W", "MORA, β = 0.5")
CURVES = (1, 2, 3, 5, 7, 10, 15, 20, 31, 50, 75, 100)
TAUS = (0.03, 0.1, 0.3, 1.0, 3.0)
BETAS = tuple(sorted(SWEEP))
AIMS = {"aim carried along": True, "aim from the picture": False}
STRENGTHS = (1, 2, 3, 4, 6, 8)


def crafted(scene: Scene, attack: str, mode: str, three: Sequence[str], start: int = 0, **knobs: Any) -> Job:
    """One attack on a jury as it answers, from the start of that number."""
    how: dict[str, Any] = {"mode": mode} if attack == "mora" else {"fusion": FUSIONS[mode]}
    return replace(scene, seed=scene.seed + start).craft(attack, three, **how, **knobs)


def asked(scene: Scene, mode: str, three: Sequence[str], shown: Job) -> tuple[Job, ...]:
    """Whose verdicts are the jury's: each voter's own, or the jury's as one."""
    if mode == "voting":
        return tuple(scene.verdict(shown, name) for name in three)
    return (scene.verdict(shown, behind(mode, *three)),)


def judged(scene: Scene, row: str, column: str | float, mode: str, three: Sequence[str], *shown: Job) -> Cell:
    """Robust accuracy: what still stands after all of these."""
    jobs = tuple(job for one in shown for job in asked(scene, mode, three, one))
    return Cell(row, column, jobs, "standing", {"members": len(three) if mode == "voting" else 1})


def _attacks(scene: Scene, mode: str, three: Sequence[str]) -> Iterator[tuple[str, tuple[Job, ...]]]:
    for title, (attack, knobs) in FRESH.items():
        yield title, tuple(crafted(scene, attack, mode, three, start, **knobs) for start in range(STARTS))
    swept = tuple(crafted(scene, "mora", mode, three, start, beta=beta) for start, beta in enumerate(SWEEP))
    yield WHOLE, swept
    heading = crafted(scene, "mora", mode, three, targets=OTHERS, steps=STARTS * scene.steps)
    yield MANY, (*swept, heading)


def robustness(scene: Scene) -> Iterator[Cell]:
    for mode in FUSIONS:
        for trio, three in trios().items():
            yield judged(scene, f"{mode}: clean", trio, mode, three, scene.pictures)
            for title, shown in _attacks(scene, mode, three):
                yield judged(scene, f"{mode}: {title}", trio, mode, three, *shown)


def robustness_claims(pack: str) -> Iterator[Claim]:
    for mode in FUSIONS:
        whole, still = f"{mode}: {WHOLE}", f"{mode}: MORA, β = 0"
        for title in tuple(FRESH)[:4]:
            yield Claim(
                f"MORA leaves fewer standing than {title} that follows the same jury.", f"{mode}: {title}", whole
            )
        yield Claim("So does MORA without its weights.", f"{mode}: PGD", still, control=True)
        yield Claim("Weighing sub-models pays.", still, f"{mode}: MORA, β = 0.5", control=True)
        yield Claim("Heading for other labels brings more.", whole, f"{mode}: {MANY}")
    for mode in ("softmax", "voting"):
        yield Claim(f"Logits make a sturdier jury than {mode}.", f"logits: {WHOLE}", f"{mode}: {WHOLE}")


def wrong_members(scene: Scene) -> Iterator[Cell]:
    for mode in FUSIONS:
        for title in ("PGD", "MORA, β = 0.5", "MORA, β = 0"):
            attack, knobs = FRESH[title]
            for trio, three in trios().items():
                shown = crafted(scene, attack, mode, three, **knobs)
                members = tuple(scene.verdict(shown, name) for name in three)
                juries = asked(scene, mode, three, shown) + asked(scene, mode, three, scene.pictures)
                for count in range(1, len(three) + 1):
                    options = {"count": count, "members": len(three)}
                    yield Cell(f"{mode}: {title} → {trio}", count, members + juries, "fooled_with", options)


def strengths(scene: Scene) -> Iterator[Cell]:
    for mode in FUSIONS:
        for trio, three in trios().items():
            for epsilon in STRENGTHS:
                shown = crafted(scene, "mora", mode, three, epsilon=epsilon)
                yield judged(scene, f"{trio}, {mode}", epsilon, mode, three, shown)


def convergence(mode: str, scene: Scene) -> Iterator[Cell]:
    for trio in ("DVERGE", "GAL"):
        three = trios()[trio]
        for title, (attack, knobs) in FRESH.items():
            job = crafted(scene, attack, mode, three, **knobs)
            for step in (step for step in CURVES if step <= scene.steps):
                yield Cell(f"{trio}: {title}", step, (job,), "jury_stands", {"mode": mode, "step": step})


def rounding(scene: Scene) -> Iterator[Cell]:
    """The same pictures judged as the attack left them, and as a file holds them."""
    for mode in FUSIONS:
        for title in ROUNDED:
            attack, knobs = FRESH[title]
            for trio, three in trios().items():
                shown = crafted(scene, attack, mode, three, **knobs)
                yield Cell(f"{mode}: {title}, unrounded", trio, (shown,), "jury_right", {"mode": mode})
                yield judged(scene, f"{mode}: {title}, in 8 bits", trio, mode, three, shown)


def rounding_claims() -> Iterator[Claim]:
    for mode in FUSIONS:
        for title in ROUNDED:
            whole, exact = (f"{mode}: {title}, {how}" for how in ("in 8 bits", "unrounded"))
            yield Claim(f"Rounding to 8 bits undoes some of {title}.", whole, exact, control=True)


def betas(scene: Scene) -> Iterator[Cell]:
    for mode in FUSIONS:
        for beta in BETAS:
            for trio, three in trios().items():
                shown = crafted(scene, "mora", mode, three, beta=beta)
                yield judged(scene, f"{mode}, β = {beta:g}", trio, mode, three, shown)


def aims(scene: Scene) -> Iterator[Cell]:
    for mode in FUSIONS:
        for title, carried in AIMS.items():
            for trio, three in trios().items():
                shown = crafted(scene, "mora", mode, three, carried=carried)
                yield judged(scene, f"{mode}, {title}", trio, mode, three, shown)


def taus(scene: Scene) -> Iterator[Cell]:
    for trio, three in trios().items():
        for beta in (0.5, 0.0):
            for tau in TAUS:
                shown = crafted(scene, "mora", "voting", three, beta=beta, tau=tau)
                yield judged(scene, f"{trio}, β = {beta:g}", tau, "voting", three, shown)


def convergence_claims(pack: str) -> Iterator[Claim]:
    late = tuple(step for step in CURVES if step >= 31)
    for trio in ("DVERGE", "GAL"):
        mora, still = f"{trio}: MORA, β = 0.5", f"{trio}: MORA, β = 0"
        yield Claim("Without its weights MORA is faster at first.", mora, still, columns=CURVES[:5])
        yield Claim("After 10 iterations the weights pay.", still, mora, columns=late, control=True)
        for title in tuple(FRESH)[:4]:
            yield Claim(f"MORA converges faster than {title}.", f"{trio}: {title}", mora, columns=CURVES[2:8])


def minority_claims() -> Iterator[Claim]:
    for mode in ("softmax", "logits"):
        for trio in trios():
            some, votes = (f"{how}: MORA, β = 0.5 → {trio}" for how in (mode, "voting"))
            sentence = f"A jury by {mode} falls while most members are right, as one by votes never does ({trio})."
            yield Claim(sentence, some, votes, columns=(1,))


def tau_claims() -> Iterator[Claim]:
    for trio in trios():
        still, weighed = f"{trio}, β = 0", f"{trio}, β = 0.5"
        yield Claim(f"Weighing sub-models pays at every τ ({trio}).", still, weighed, control=True)
