"""Ours: every attack on the same pictures, at its paper's own settings and at equal ones, each beside its control.

Who is shown follows from the table of attacks: a new row there is a new row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import torch

from demo.attacks import RECIPES, iterate
from demo.lab.job import Job
from demo.lab.scene import Scene, behind, everyone
from demo.lab.seats import Seat
from demo.lab.table import Cell, Claim, Table
from models.catalog import CARDS
from models.defences import DEFENCES
from models.packs import PACKS

EPSILON = {"tiny": 8.0}
NOISE = "random signs (control)"
EVEN = {"random_start": False, "fusion": "logits", "mode": "logits"}
"""What is the same for every attack that has such a knob, in the tables at equal settings."""
CONTROLS: Mapping[str, Mapping[str, Any]] = {"mora": {"beta": 0.0}, "svre": {"inner_steps": 0}}
"""Attacks without what makes them: MORA that ignores its weights, SVRE without its inner loop."""
AGAINST = {
    "mi-fgsm": "i-fgsm",
    "ni-fgsm": "mi-fgsm",
    "cw": "pgd",
    "apgd-ce": "pgd",
    "apgd-dlr": "apgd-ce",
    "ensemblefool-c": "mi-fgsm",
    "ensemblefool-a": "mi-fgsm",
    "adaea": "mi-fgsm",
    "cwa": "mi-fgsm",
    "smer": "mi-fgsm",
    "a-gd": "d-ag",
    "u-gd": "d-ag",
    "empir": "d-ag",
}
"""Attack -> the one that it adds its idea to. Those of CONTROLS are held against themselves."""
UNSEEN, HARDENED = "not attacked (mean)", "adversarially trained (mean)"
Entry = tuple[str, Job]
ENTERED = Callable[[Scene], Iterator[Entry]]


def named(attack: str, knobs: Mapping[str, Any]) -> str:
    told = ", ".join(f"{key} {value:g}" for key, value in knobs.items())
    return RECIPES[attack].title + (f", {told}" if told else "")


def compared(asking: bool = False) -> list[tuple[str, Mapping[str, Any]]]:
    """All attacks, those without gradients or those with them, and controls after whom they are of."""
    chosen = [name for name, row in RECIPES.items() if (row.idea == "ask") is asking]
    return [(name, knobs) for name in chosen for knobs in ({}, *([CONTROLS[name]] if name in CONTROLS else []))]


def own(scene: Scene, asking: bool = False) -> Iterator[Entry]:
    for attack, knobs in compared(asking):
        row = RECIPES[attack]
        step = row.default_step(scene.epsilon, row.steps or scene.steps)
        starts = any(knob.name == "random_start" and knob.default for knob in row.knobs)
        title = f"{named(attack, knobs)} · step {float(step) / scene.epsilon:g} ε{', random start' * starts}"
        yield title, scene.craft(attack, step=float(step), **knobs)


def equal(scene: Scene, steps: Callable[[Scene, str, Mapping[str, Any]], int] | None = None) -> Iterator[Entry]:
    for attack, knobs in compared():
        row = RECIPES[attack]
        whole = {**{knob.name: EVEN[knob.name] for knob in row.knobs if knob.name in EVEN}, **knobs}
        step = scene.epsilon if row.steps == 1 else scene.epsilon / scene.steps
        number = scene.steps if steps is None else steps(scene, attack, whole)
        yield named(attack, knobs), scene.craft(attack, step=step, steps=number, **whole)


def afforded(scene: Scene, attack: str, knobs: Mapping[str, Any]) -> int:
    """How many iterations it gets for the gradients that the costliest ensemble attack takes at the scene's steps."""
    members = len(scene.surrogates)
    most = max(gradients(name, members) for name, row in RECIPES.items() if row.members > 1)
    return max(1, most * scene.steps // max(1, gradients(attack, members, **knobs)))


@cache
def gradients(attack: str, members: int, **knobs: Any) -> int:
    """Through one surrogate, in one iteration: counted on toys, which no attack fools so soon."""
    slope = torch.rand(12, 16, generator=torch.Generator().manual_seed(0))
    toys = [
        lambda pixels, k=k: (pixels.flatten(1) - 0.5) @ slope.roll(k, 0) + 9 * torch.eye(16)[0] for k in range(members)
    ]
    picture = torch.full((1, 3, 2, 2), 0.5)
    *_, last = iterate(attack, toys, picture, torch.tensor([0]), epsilon=1e-3, steps=1, **knobs)
    return last.cost


def _cells(scene: Scene, entered: ENTERED) -> Iterator[Cell]:
    for title, crafted in ((NOISE, scene.noise()), *entered(scene)):
        verdicts = {name: scene.verdict(crafted, name) for name in (*scene.surrogates, *scene.held_out)}
        groups = {"attacked (mean)": scene.surrogates, **_groups(scene)}
        for head, members in groups.items():
            yield Cell(title, head, tuple(verdicts[name] for name in members), "fooled")
        for name in scene.held_out:
            yield Cell(title, CARDS[name].title, (verdicts[name],), "fooled")
        for head, guarded in _guarded(scene).items():
            yield Cell(title, head, (scene.verdict(crafted, guarded),), "fooled")
        if crafted.work == "craft":
            for what in ("gradients", "passes"):
                yield Cell(title, what, (crafted,), "spent", {"what": what})


def _groups(scene: Scene) -> dict[str, list[str]]:
    roles = {UNSEEN: "normal", HARDENED: "robust"}
    found = {head: [name for name in scene.held_out if CARDS[name].role == role] for head, role in roles.items()}
    return {head: members for head, members in found.items() if members}


def _guarded(scene: Scene) -> dict[str, Seat]:
    """The first that is not attacked, behind each of the pack's guards."""
    first = scene.held_out[0]
    chosen = {name: knobs for name, knobs in PACKS[scene.pack].guards.items() if not DEFENCES[name].several}
    return {
        f"{CARDS[first].title} behind {DEFENCES[name].title}": behind(name, first, **knobs)
        for name, knobs in chosen.items()
    }


def _claims() -> Iterator[Claim]:
    for attack, plain in AGAINST.items():
        if {attack, plain} <= RECIPES.keys():
            more, less = named(attack, {}), named(plain, {})
            yield Claim(f"{more} travels further than {less}.", more, less, (UNSEEN,), control=True)
    for attack, knobs in CONTROLS.items():
        more, less = named(attack, {}), named(attack, knobs)
        yield Claim(f"What {more} adds pays.", more, less, (UNSEEN,), control=True)


def _table(name: str, title: str, sentence: str, entered: ENTERED, pictures: int, claims: tuple[Claim, ...]) -> Table:
    return Table(
        name=name,
        paper="ours",
        place="leaderboard",
        title=title,
        sentence=f"Fooled: the label is not named, in 8 bits. {sentence} Gradients, passes: back and forth through one "
        "attacked network, for each picture.",
        cells=partial(_cells, entered=entered),
        rightly=everyone,
        heads=("attack", "fooled"),
        counts=("gradients", "passes"),
        pictures=pictures,
        epsilon=EPSILON,
        claims=claims,
    )


TABLES = (
    _table(
        "attacks",
        "Every attack at its own step and start",
        "Steps and starts differ, as rows say; so do gradients: nothing here says that an idea pays.",
        own,
        100,
        (),
    ),
    _table(
        "attacks-equal",
        "Every attack at the same step, start and fusion",
        "Step ε/T from the picture itself, logits fused (FGSM's one step is ε, DeepFool has strides of its own); "
        "the vote family averages gradients, SMER scales logits: they have no fusion to choose.",
        equal,
        100,
        tuple(_claims()),
    ),
    _table(
        "attacks-equal-gradients",
        "The same with equal gradients",
        "Each gets as many iterations as the gradients of the costliest ensemble attack at T steps allow, all of step "
        "ε/T (FGSM has one, DeepFool and MORA stop where all have fallen).",
        partial(equal, steps=afforded),
        40,
        tuple(_claims()),
    ),
    _table(
        "attacks-asking",
        "Attacks that only ask",
        "They may ask 5000 answers, of all attacked together.",
        partial(own, asking=True),
        20,
        (),
    ),
)
