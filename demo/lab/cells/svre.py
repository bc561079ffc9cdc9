"""SVRE's tables (Xiong et al. 2022), cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.attacks.objectives import FUSIONS
from demo.lab.job import Job
from demo.lab.published.svre import I_FGSM, MI_FGSM, SI_TI_DIM, TI_DIM, TIM
from demo.lab.scene import Scene, behind, everyone, of_role
from demo.lab.table import Cell
from models.catalog import CARDS
from models.defences import DEFENCES, NINE

JURORS, ROUNDS = 4, 4
"""The paper's: networks attacked, and inner steps for each of them."""
NOISE, ENS, SVRE, PRINTED = "random signs", "Ens", "SVRE", "SVRE as printed"
NORMAL, ROBUST, ALL_NINE, WHITE = "normal, mean", "robust, mean", "nine, mean", "attacked, mean"
LOGITS = "logits"
ROUNDS_TRIED = (0, 1, 2, 4, 6, 8)
TIMES_TRIED = (1 / 16, 1 / 4, 1, 4, 16)
STEPS_TRIED = (1, 2, 5, 10, 20)
FINER, AS_LONG = "as many gradients, steps of ε/T", "as many gradients, SVRE's steps"


@dataclass(frozen=True)
class Base:
    """A base attack: its own recipe, its momentum, and what the attacked are shown."""

    attack: str
    momentum: float
    transforms: tuple[str, ...] = ()


BASES: Mapping[str, Base] = {
    I_FGSM: Base("i-fgsm", 0.0),
    MI_FGSM: Base("mi-fgsm", 1.0),
    TIM: Base("mi-fgsm", 1.0, ("ti",)),
    TI_DIM: Base("mi-fgsm", 1.0, ("ti", "di")),
    SI_TI_DIM: Base("mi-fgsm", 1.0, ("si", "ti", "di")),
}
STUDIED = (I_FGSM, MI_FGSM, TI_DIM)
"""In the ablations: SI-TI-DIM, the paper's third, takes five times the gradients."""


def jury(pack: str) -> tuple[str, ...]:
    """Four normal networks, as the paper has them; of a small pack, all but one."""
    normal = of_role(pack, "normal")
    return normal[: min(JURORS, len(normal) - 1)]


def watching(pack: str, role: str) -> tuple[str, ...]:
    """Those of a role, `normal` or `robust`, that are not attacked."""
    return tuple(name for name in of_role(pack, role) if name not in jury(pack))


def ens(scene: Scene, base: str, fusion: str = LOGITS, **settings: Any) -> Job:
    """The base attack on all at once."""
    chosen = BASES[base]
    momentum = {"momentum": chosen.momentum} if chosen.momentum else {}
    knobs: dict[str, Any] = {"fusion": fusion, "transforms": chosen.transforms} | momentum | settings
    return scene.craft(chosen.attack, jury(scene.pack), **knobs)


def svre(scene: Scene, base: str, **settings: Any) -> Job:
    """SVRE on the base attack: its step, start, fusion of logits, momentum and transformations."""
    chosen = BASES[base]
    knobs: dict[str, Any] = {"momentum": chosen.momentum, "transforms": chosen.transforms} | settings
    return scene.craft("svre", jury(scene.pack), **knobs)


def by_base(scene: Scene) -> Iterator[tuple[str, Job]]:
    """Every row of Tables 1 to 3 and what it shows. The last form of SVRE is for the base that Algorithm 1 is for."""
    yield NOISE, scene.noise()
    for base in BASES:
        for fusion in FUSIONS:
            yield f"{base}, {ENS} {fusion}", ens(scene, base, fusion)
        yield f"{base}, {SVRE}", svre(scene, base)
    yield f"{I_FGSM}, {PRINTED}", svre(scene, I_FGSM, inner_momentum=0.0)


def held_out(scene: Scene) -> Iterator[Cell]:
    """Tables 1 and 2: each that is not attacked, the means of the normal and the robust, and of the attacked."""
    for row, shown in by_base(scene):
        yield from _named(scene, row, shown)


def _named(scene: Scene, row: str, shown: Job, measure: str = "fooled") -> Iterator[Cell]:
    normal, robust = watching(scene.pack, "normal"), watching(scene.pack, "robust")
    columns = {CARDS[name].title: (name,) for name in (*normal, *robust)}
    yield from _asked(scene, row, shown, columns | {NORMAL: normal, ROBUST: robust, WHITE: jury(scene.pack)}, measure)


def _asked(
    scene: Scene, row: str, shown: Job, columns: Mapping[str, Sequence[str]], measure: str = "fooled"
) -> Iterator[Cell]:
    for column, names in columns.items():
        if names:
            yield Cell(row, column, tuple(scene.verdict(shown, name) for name in names), measure)


def nine(scene: Scene) -> Iterator[Cell]:
    """Table 3: the first that is not attacked behind each of the nine, where it names the clean picture rightly."""
    stands = watching(scene.pack, "normal")[0]
    columns = {DEFENCES[name].title: [name] for name in NINE} | {ALL_NINE: list(NINE)}
    for row, shown in by_base(scene):
        for column, names in columns.items():
            seats = [behind(name, stands) for name in names]
            jobs = tuple(scene.verdict(job, seat) for job in (shown, scene.pictures) for seat in seats)
            yield Cell(row, column, jobs, "newly_fooled")


def losses(scene: Scene) -> Iterator[Cell]:
    """Figure 1: how certain of something else, rather than whether."""
    for row, shown in by_base(scene):
        yield from _named(scene, row, shown, "loss")


def rounds(scene: Scene) -> Iterator[Cell]:
    """Figure 2: M, as inner steps for each of the attacked; at 0 SVRE is its base."""
    members = len(jury(scene.pack))
    for base in STUDIED:
        for count in ROUNDS_TRIED:
            # What is left to the recipe is the paper's choice, and the same job as in the other tables.
            wished = {} if count == ROUNDS else {"inner_steps": count * members}
            yield from _curves(scene, base, count, svre(scene, base, **wished))


def inner_steps(scene: Scene) -> Iterator[Cell]:
    """Figure 3: β, as a multiple of the outer step."""
    for base in STUDIED:
        for times in TIMES_TRIED:
            wished = {} if times == 1 else {"inner_step_size": times * scene.epsilon / 255 / scene.steps}
            yield from _curves(scene, base, times, svre(scene, base, **wished))


def _curves(scene: Scene, row: str, place: float, shown: Job) -> Iterator[Cell]:
    """Two curves: over the normal networks that are not attacked, and over the robust."""
    for title, role in ((NORMAL, "normal"), (ROBUST, "robust")):
        if names := watching(scene.pack, role):
            yield Cell(f"{row}, {title}", place, tuple(scene.verdict(shown, name) for name in names), "fooled")


def gradients(pack: str) -> int:
    """What an iteration of Algorithm 1 has: each once for the mean and once at its start, and the inner steps.

    The first of these stands at that start; ours does not ask for the same gradient again, which is counted all the
    same: the base is given one more than SVRE takes.
    """
    return (2 + ROUNDS) * len(jury(pack))


def as_many(steps: int) -> int:
    """Iterations of the base that have as many gradients as these of SVRE."""
    return steps * (2 + ROUNDS)


def by_gradients(scene: Scene) -> Iterator[Cell]:
    """Figure 4: MI-FGSM's base given what SVRE spends, in finer steps, or in steps as long as SVRE's."""
    for steps in STEPS_TRIED:
        place, step = steps * gradients(scene.pack), scene.epsilon / steps
        yield from _curves(scene, SVRE, place, svre(scene, MI_FGSM, steps=steps))
        yield from _curves(scene, f"{ENS}, {FINER}", place, ens(scene, MI_FGSM, steps=as_many(steps)))
        yield from _curves(scene, f"{ENS}, {AS_LONG}", place, ens(scene, MI_FGSM, steps=as_many(steps), step=step))


def equal_gradients(scene: Scene) -> Iterator[Cell]:
    """Tables 1 and 2 once more, with the base given what SVRE spends; M = 0 is the base at SVRE's settings."""
    many, step = as_many(scene.steps), scene.epsilon / scene.steps
    yield from _named(scene, NOISE, scene.noise())
    for base in BASES:
        yield from _named(scene, f"{base}, {SVRE}", svre(scene, base))
        yield from _named(scene, f"{base}, M = 0", ens(scene, base))
        yield from _named(scene, f"{base}, {FINER}", ens(scene, base, steps=many))
        yield from _named(scene, f"{base}, {AS_LONG}", ens(scene, base, steps=many, step=step))


def networks(pack: str) -> tuple[str, ...]:
    """The columns of those that are not attacked."""
    return tuple(CARDS[name].title for name in everyone(pack) if name not in jury(pack))
