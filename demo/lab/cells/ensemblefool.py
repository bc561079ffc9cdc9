"""EnsembleFool's tables (2021), cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from demo.lab.job import Job
from demo.lab.published.ensemblefool import FOOL_A, FOOL_C, HELD, I_FGSM, MI_FGSM, WHITE
from demo.lab.scene import Scene, behind, of_role
from demo.lab.table import Cell
from models.catalog import CARDS
from models.defences import DEFENCES

NOISE, CLEAN, TOGETHER = "random signs", "clean", "mean of the three"
METHODS = {I_FGSM: "i-fgsm", MI_FGSM: "mi-fgsm", FOOL_C: "ensemblefool-c", FOOL_A: "ensemblefool-a"}
CHIEF = (MI_FGSM, FOOL_C, FOOL_A)
GROUPS = {"normal, mean": "normal", "robust, mean": "robust"}
FIRST = 3
GUARDS = ("hgd", "random-resize-pad", "nips-r3")
DELTAS = (1, 2, 3, 4, 5, 6, 7)
ITERATIONS = (2, 4, 6, 10, 20)
PLACES = ("1st", "2nd", "3rd", "4th", "5th")
Crafted = Callable[[Sequence[str]], Job]
"""From who is attacked to the job whose pictures are shown."""


def jury(pack: str) -> tuple[str, ...]:
    """Three normal and three adversarially trained networks, as the paper has them; of a small pack, what it has."""
    return (*of_role(pack, "normal")[:FIRST], *of_role(pack, "robust")[:FIRST])


def unseen(pack: str) -> str:
    """The first normal network that is not of the jury."""
    return of_role(pack, "normal")[FIRST]


def everyone(pack: str) -> tuple[str, ...]:
    """Who must name a picture rightly before: all that are attacked or asked, as the paper has it."""
    return (*jury(pack), unseen(pack))


def _side(scene: Scene, row: str, side: str, crafted: Crafted, limit: float | None = None) -> Iterator[Cell]:
    """One row: each network of the jury, and the means of the normal and of the robust ones."""
    six = jury(scene.pack)
    shown = {name: crafted([one for one in six if side == WHITE or one != name]) for name in six}
    columns = {CARDS[name].title: [name] for name in six}
    columns |= {title: [name for name in six if CARDS[name].role == role] for title, role in GROUPS.items()}
    for column, names in columns.items():
        verdicts = [scene.verdict(shown[name], name) for name in names]
        if not names:
            continue
        if limit is None:
            yield Cell(row, column, tuple(verdicts), "fooled")
        else:
            yield Cell(row, column, (*verdicts, *(shown[name] for name in names)), "attack_score", {"limit": limit})


def success(scene: Scene, methods: Sequence[str], limit: float | None = None) -> Iterator[Cell]:
    """Table 3, and the scores of the same pictures (Tables 4 and 5)."""
    yield from _side(scene, NOISE, HELD, lambda others: scene.noise(), limit)
    for side in (HELD, WHITE):
        for method in methods:
            yield from _side(scene, f"{method}, {side}", side, partial(scene.craft, METHODS[method]), limit)


def weighed(scene: Scene, side: str) -> Iterator[Cell]:
    """Tables 1 and 2; δ = 1 is MI-FGSM, which Table 3 has already."""
    for delta in DELTAS:
        crafted = (
            partial(scene.craft, "ensemblefool-c", delta_high=delta) if delta > 1 else partial(scene.craft, "mi-fgsm")
        )
        yield from _side(scene, f"δ = {delta}", side, crafted)


def guarded(scene: Scene) -> Iterator[Cell]:
    """Table 6."""
    yield from _behind(scene, NOISE, scene.noise())
    for method in METHODS:
        yield from _behind(scene, method, scene.craft(METHODS[method], jury(scene.pack)))


def _behind(scene: Scene, row: str, shown: Job) -> Iterator[Cell]:
    for guard in GUARDS:
        yield Cell(row, DEFENCES[guard].title, _asked(scene, shown, [guard]), "newly_fooled")
    yield Cell(row, TOGETHER, _asked(scene, shown, GUARDS), "newly_fooled")


def _asked(scene: Scene, shown: Job, guards: Sequence[str]) -> tuple[Job, ...]:
    """Verdicts of the network that was not attacked, behind each guard: on what is shown, and on the clean pictures."""
    seats = [behind(guard, unseen(scene.pack)) for guard in guards]
    return tuple(scene.verdict(job, seat) for job in (shown, scene.pictures) for seat in seats)


def iterations(scene: Scene) -> Iterator[Cell]:
    """Figure 6: each point is an attack of that many iterations, of ε/T each, as Algorithm 1 has it."""
    named: dict[str, tuple[str, Sequence[str]]] = {}
    named |= {f"{method}, {DEFENCES[guard].title}": (method, [guard]) for guard in GUARDS for method in CHIEF}
    named |= {f"{method}, {TOGETHER}": (method, GUARDS) for method in CHIEF}
    for row, (method, guards) in named.items():
        for count in ITERATIONS:
            shown = scene.craft(METHODS[method], jury(scene.pack), steps=count)
            yield Cell(row, count, _asked(scene, shown, guards), "newly_fooled")


def trace(scene: Scene) -> Iterator[Cell]:
    """How the attacked networks fall in the course of one attack: read off its trace, before rounding."""
    for method in METHODS:
        for step in range(scene.steps + 1):
            shown = scene.craft(METHODS[method], jury(scene.pack))
            yield Cell(method, step, (shown,), "members_fooled", {"step": step})


def likeliest(scene: Scene) -> Iterator[Cell]:
    """Figure 5: what the attacked networks together take the first picture for."""
    together = behind("softmax", *jury(scene.pack))
    shown = {CLEAN: scene.pictures, NOISE: scene.noise()}
    shown |= {method: scene.craft(METHODS[method], jury(scene.pack)) for method in CHIEF}
    for row, job in shown.items():
        verdict = (scene.verdict(job, together),)
        for place, column in enumerate(PLACES):
            yield Cell(row, column, verdict, "chance", {"place": place}, words="likeliest")
        yield Cell(row, "label in the top 5, all pictures", verdict, "in_five")
