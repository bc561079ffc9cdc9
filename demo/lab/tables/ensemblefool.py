"""EnsembleFool (2021): weights from what each surrogate still believes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from demo.lab.cells import ensemblefool as cells
from demo.lab.cells.ensemblefool import CHIEF, GROUPS, GUARDS, METHODS, TOGETHER, jury
from demo.lab.published.ensemblefool import (
    FOOL_A,
    FOOL_C,
    GUARDED,
    HELD,
    MI_FGSM,
    ON,
    SCORE,
    SUCCESS,
    WEIGHED,
    WHITE,
    Six,
    means,
)
from demo.lab.table import Claim, Table
from models.catalog import CARDS
from models.defences import DEFENCES

SAME = "All step ε/T from the picture itself, fuse logits and spend the same gradients: MI-FGSM is δ = 1, the control."
HOLDING = (
    f"{HELD.capitalize()}: each network in turn, the attack being made on the others; {WHITE}: each as one of all "
    f"that are attacked. {SAME}"
)


def _ours(rows: Mapping[str, Six], unit: float = 1) -> dict[str | tuple[str, str | float], float]:
    """The paper's figures by our rows, under the means, which alone have a counterpart."""
    return {
        (row, group): value / unit for row, six in rows.items() for group, value in zip(GROUPS, means(six), strict=True)
    }


def _sided(rows: Mapping[tuple[str, str], Six]) -> dict[str, Six]:
    return {f"{method}, {side}": six for (method, side), six in rows.items()}


def _networks(pack: str) -> tuple[str, ...]:
    return tuple(CARDS[name].title for name in jury(pack))


def _gain(pack: str) -> tuple[Claim, ...]:
    """Weighing pays, in black box and in white."""
    where = {HELD: "a network that it did not attack", WHITE: "the networks that it attacks"}
    return tuple(
        Claim(
            f"{method} does better than MI-FGSM on {where[side]}.",
            f"{method}, {side}",
            f"{MI_FGSM}, {side}",
            _networks(pack),
            control=True,
        )
        for method in (FOOL_C, FOOL_A)
        for side in (HELD, WHITE)
    )


def _best_weight(pack: str) -> tuple[Claim, ...]:
    four = partial(Claim, more="δ = 4", columns=_networks(pack))
    return (
        four("δ = 4 fools more than δ = 1, which is MI-FGSM.", less="δ = 1", control=True),
        four("δ = 4 fools more than δ = 7.", less="δ = 7"),
    )


_table = partial(Table, paper="ensemblefool", rightly=cells.everyone, pictures=100)
TABLES: tuple[Table, ...] = (
    *(
        _table(
            name=f"ensemblefool-{number}",
            place=f"Table {number}",
            title=f"δ of EnsembleFool-C: who is fooled, {side}",
            sentence=HOLDING,
            cells=partial(cells.weighed, side=side),
            heads=("weight of who is not fooled", "network"),
            published=_ours({f"δ = {delta}": six for delta, six in WEIGHED[side].items()}, unit=100),
            published_on=ON,
            claims=_best_weight,
        )
        for number, side in ((1, HELD), (2, WHITE))
    ),
    _table(
        name="ensemblefool-3",
        place="Table 3",
        title="Who is fooled, held out and attacked",
        sentence=HOLDING,
        cells=partial(cells.success, methods=tuple(METHODS)),
        published=_ours(_sided(SUCCESS), unit=100),
        published_on=ON,
        claims=_gain,
    ),
    *(
        _table(
            name=f"ensemblefool-{number}",
            place=f"Table {number}",
            title=f"Attack score, up_limit {limit}",
            sentence="Of 100: a picture counts by how much nearer than the limit it is, if it fools. " + HOLDING,
            cells=partial(cells.success, methods=CHIEF, limit=limit),
            share=False,
            published=_ours(_sided(SCORE[limit])),
            published_on=ON,
            claims=_gain,
        )
        for number, limit in ((4, 32), (5, 64))
    ),
    _table(
        name="ensemblefool-6",
        place="Table 6",
        title="Who is fooled behind three defences",
        sentence="A network that is not attacked stands behind each; pictures that it names rightly there. " + SAME,
        cells=cells.guarded,
        heads=("attack", "defence"),
        published={
            (method, DEFENCES[guard].title): value / 100
            for method, three in GUARDED.items()
            for guard, value in zip(GUARDS, three, strict=True)
        },
        published_on=f"with {ON}",
        claims=tuple(
            Claim(f"{method} fools more defended networks than MI-FGSM.", method, MI_FGSM, (TOGETHER,), True)
            for method in (FOOL_C, FOOL_A)
        ),
    ),
    _table(
        name="ensemblefool-top5",
        place="Figure 5",
        title="The five likeliest classes of one picture",
        sentence="The attacked together, by mean probability; the first picture alone, and last a share of all. "
        + SAME,
        cells=cells.likeliest,
        heads=("picture", "class"),
        claims=(
            Claim(
                "EnsembleFool-A drives the label out of the five likeliest oftener than MI-FGSM.",
                MI_FGSM,
                FOOL_A,
                ("label in the top 5, all pictures",),
                True,
            ),
        ),
    ),
    _table(
        name="ensemblefool-iterations",
        place="Figure 6",
        title="Who is fooled behind three defences, by iterations",
        sentence="Each point is an attack of its own, so that all of ε is used at each. " + SAME,
        cells=cells.iterations,
        heads=("attack, defence", "iterations"),
        axis="iterations T, of ε/T each",
        claims=tuple(
            Claim(
                f"{method} fools more than MI-FGSM of as many iterations.",
                f"{method}, {TOGETHER}",
                f"{MI_FGSM}, {TOGETHER}",
                control=True,
            )
            for method in (FOOL_C, FOOL_A)
        ),
    ),
    _table(
        name="ensemblefool-trace",
        place="section 5.5",
        title="How many of the attacked networks are fooled, by iteration",
        sentence="Of those that one attack is made on, by their own logits before rounding. " + SAME,
        cells=cells.trace,
        heads=("attack", "iteration"),
        axis="iteration",
        share=False,
        claims=tuple(
            Claim(f"{method} fools the attacked in fewer iterations than MI-FGSM.", method, MI_FGSM, control=True)
            for method in (FOOL_C, FOOL_A)
        ),
    ),
)

LACKING = "ImageNet at 299 pixels and the paper's Inception family; its figures stand beside the means of our groups."
"""What of the paper has no table here."""
