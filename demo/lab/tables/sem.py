"""SEM (Qin et al. 2021): a jury drawn anew for every query, against attackers who know more or less of it.

Whoever knows the paper's letters finds them in the rows: attackers A to E of SEM, baselines F to M.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from demo.lab.cells import sem as sides
from demo.lab.cells.sem import SEM, Versus, black, changes, strategies, white
from demo.lab.scene import Scene, behind
from demo.lab.seats import Seat
from demo.lab.table import Cell, Claim, Table
from models.catalog import CARDS, find

GROWTH, BISECTIONS = 8, 1
LEVELS = (0.0, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
"""Where curves are read: on the grid of epsilons that so short a search tries, up to its last."""
QUERIES = 200
RULE = (
    "Success is Eq. 6: of 20 looks most are wrong (targeted: most say the target), or chance explains the lead with "
    "p > 0.3, so that an abstention is the attacker's. Searched as in the paper, doubling from 0.25/255 and halving: "
    f"{GROWTH} lengths and {BISECTIONS} halving of its 10 and 20. The others change no cell, the luck of random looks "
    "aside, since columns lie on the grid that these try. "
)


def curves(scene: Scene, ways: Mapping[str, str], targeted: bool, whom: Versus, **knobs: Any) -> Iterator[Cell]:
    for way, attack in ways.items():
        for title, (seat, judge) in whom.items():
            found = scene.least(attack, [seat], judge, targeted=targeted, growth=GROWTH, bisections=BISECTIONS, **knobs)
            for level in LEVELS:
                yield Cell(f"{way}, {title}", level, (found,), "within", {"epsilon": level})


def _collection(scene: Scene) -> Iterator[Cell]:
    """Each member under its own noise, by architecture, and then SEM."""
    for name in sides.LIBRARY:
        sigma = find(name).sigma
        seat: Seat = behind("smoothing", name, sigma=sigma) if sigma else name
        row = CARDS[name].title.partition(",")[0]
        yield Cell(row, f"σ {sigma:g}", (scene.verdict(scene.pictures, seat),), "right")
    yield Cell("SEM", "any σ", (scene.verdict(scene.pictures, SEM),), "right")


def _white(scene: Scene, targeted: bool) -> Iterator[Cell]:
    return curves(scene, sides.WAYS, targeted, white(scene.steps))


def _black(scene: Scene, targeted: bool) -> Iterator[Cell]:
    return curves(scene, sides.ASKING, targeted, black(), queries=QUERIES)


def _strategies(scene: Scene, targeted: bool) -> Iterator[Cell]:
    return curves(scene, sides.WAYS, targeted, strategies())


def _changes(scene: Scene) -> Iterator[Cell]:
    return curves(scene, {"BIM": "i-fgsm"}, False, changes(scene.steps))


OURS = (
    "The paper has 20 steps on CIFAR-10, 17 networks under noise of 0.25, 0.75 and 1.5 where here are 14 networks of "
    "seven architectures under 0.12 to 0.5 or none, and prints no figures of its curves."
)
STEP = "Step ε/T for BIM and MIM, ε/4 from a random start for PGD. "
BUDGET = f"{QUERIES} answers an attack in 10 steps of ε/10 where the paper allows 5000; each answer is one look. "


def _sources(pack: str) -> Sequence[str]:
    """Those of the baselines: SEM, drawn and noisy, is wrong on some of their pictures, which the column 0 tells."""
    return (*sides.BARE, *sides.MIDDLE)


def _figure(
    name: str,
    place: str,
    title: str,
    about: str,
    cells: Callable[[Scene], Iterator[Cell]],
    claims: Sequence[Claim] = (),
    pictures: int = 24,
) -> Table:
    return Table(
        name=name,
        paper="sem",
        place=place,
        title=title,
        sentence=RULE + about + OURS,
        cells=cells,
        packs=("tiny",),
        rightly=_sources,
        heads=("attack and defence", "ε in levels of 255"),
        axis="ε in levels of 255",
        pictures=pictures,
        claims=claims,
    )


def _figures() -> Iterator[Table]:
    """Untargeted and targeted, as the paper's figures 3 and 4, 5 and 6, 7 and 8 are."""
    for targeted in (False, True):
        aim, end, place = ("targeted", "-targeted", 1) if targeted else ("untargeted", "", 0)
        yield _figure(
            f"sem-white{end}",
            f"Figure {3 + place}",
            f"White-box attackers A to D and baselines F to I, {aim}",
            STEP,
            partial(_white, targeted=targeted),
            sides.said(sides.WAYS, white(1), *(sides.AIMED if targeted else sides.UNTARGETED)),
        )
        yield _figure(
            f"sem-black{end}",
            f"Figure {5 + place}",
            f"Attackers who only ask, E and baselines J to M, {aim}",
            BUDGET,
            partial(_black, targeted=targeted),
            sides.said(sides.ASKING, black(), *sides.ASKED),
            pictures=12,
        )
        yield _figure(
            f"sem-strategies{end}",
            f"Figure {7 + place}",
            f"How many networks answer, and how different they are (attacker A), {aim}",
            f"{STEP}One architecture: DenseNet without noise and under three, where the paper has a WRN under 21. ",
            partial(_strategies, targeted=targeted),
            sides.said(sides.WAYS, strategies(), *sides.DRAWN),
        )


TABLES = (
    Table(
        name="sem-collection",
        paper="sem",
        place="Table 1",
        title="Right on clean pictures: each network under the noise that it was trained for, and SEM",
        sentence="Of 20 looks, abstentions being wrong; σ 0 is one look without noise. The paper's figures at σ 0.25 "
        "are certified accuracy, and its networks are DenseNet121, ResNet18 and MobileNetV2.",
        cells=_collection,
        packs=("tiny",),
        rightly=lambda pack: (),
        heads=("architecture", "noise"),
        up=False,
        published={
            ("DenseNet", "σ 0"): 0.941,
            ("DenseNet", "σ 0.25"): 0.9123,
            ("Small ResNet", "σ 0.25"): 0.9049,
            ("ResNet", "σ 0"): 0.933,
            ("Small MobileNet", "σ 0.25"): 0.8891,
            ("MobileNet", "σ 0"): 0.942,
            ("SEM", "any σ"): 0.934,
        },
        published_on="CIFAR-10",
    ),
    *_figures(),
    _figure(
        "sem-changes",
        "beyond the paper",
        "How often an attacker learns the draw, and one who averages draws",
        "BIM, untargeted, step ε/T. Whoever averages spends four times the gradients; the paper's strongest, A, does "
        "not. ",
        _changes,
        sides.said(
            {"BIM": "i-fgsm"},
            changes(10),
            ("whoever learns the draw more often fools more.", "A: every", "B", False),
            ("averaging draws gains on following each.", "A, mean", "A: every", False),
            ("SEM bears more than a smoothed ensemble against whoever averages.", "F", "A, mean", False),
        ),
    ),
)

LACKING = (
    "5000 queries within a search (200 here), 20 steps (10 here), noise of 0.75 and 1.5, a WRN under 21 "
    "trainings; its curves come without numbers."
)
"""What of the paper has no table here."""
