"""SVRE (Xiong et al. 2022): variance reduction on top of each base attack."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from demo.attacks.objectives import FUSIONS
from demo.lab.cells import svre as cells
from demo.lab.cells.svre import ALL_NINE, AS_LONG, BASES, ENS, FINER, LOGITS, NORMAL, PRINTED, ROBUST, STUDIED, SVRE
from demo.lab.published import svre as theirs
from demo.lab.published.svre import I_FGSM, ON
from demo.lab.scene import everyone
from demo.lab.table import Claim, Table
from models.defences import DEFENCES, NINE

Published = dict[str | tuple[str, str | float], float]
SAME = "All step ε/T from the picture itself; SVRE fuses logits, and has six times the gradients of Ens."
AS_PRINTED = "Counted as in Algorithm 1; ours takes one fewer an iteration, where it would ask the same twice."
WHICH = (
    f"{ON}; which fusion its Ens is, it does not say: it stands beside logits. Its networks are attacked three at a "
    "time for the normal mean, four for the robust"
)


def _row(base: str, by_svre: bool, else_: str = f"{ENS} {LOGITS}") -> str:
    return f"{base}, {SVRE if by_svre else else_}"


def _means(else_: str = f"{ENS} {LOGITS}") -> Published:
    return {
        (_row(*row, else_), column): value / 100
        for column, rows in ((NORMAL, theirs.NORMAL), (ROBUST, theirs.ROBUST))
        for row, value in rows.items()
    }


def _nine() -> Published:
    each: Published = {
        (_row(*row), DEFENCES[name].title): value / 100
        for row, values in theirs.NINE.items()
        for name, value in zip(NINE, values, strict=True)
    }
    return each | {(_row(*row), ALL_NINE): value / 100 for row, value in theirs.NINE_MEAN.items()}


def _gain(words: str, columns: tuple[str, ...]) -> tuple[Claim, ...]:
    """SVRE against its base at equal step, start and fusion; against the other fusions; and Algorithm 1 as printed."""
    claims = [
        Claim(
            f"SVRE on {base} {words} than {base} on {fusion}.",
            f"{base}, {SVRE}",
            f"{base}, {ENS} {fusion}",
            columns,
            fusion == LOGITS,
        )
        for base in BASES
        for fusion in FUSIONS
    ]
    printed, base = f"{I_FGSM}, {PRINTED}", f"{I_FGSM}, {ENS} {LOGITS}"
    return (*claims, Claim(f"SVRE as printed {words} than its base.", printed, base, columns, True))


def _held_out(words: str, pack: str) -> tuple[Claim, ...]:
    return _gain(words, cells.networks(pack))


def _equal(pack: str) -> tuple[Claim, ...]:
    settings = {"M = 0": "the same settings", FINER: FINER, AS_LONG: AS_LONG}
    return tuple(
        Claim(
            f"SVRE on {base} fools more held-out networks than {base} at {words}.",
            f"{base}, {SVRE}",
            f"{base}, {less}",
            cells.networks(pack),
            True,
        )
        for base in BASES
        for less, words in settings.items()
    )


def _curves(pack: str) -> tuple[Claim, ...]:
    """One for the normal and one for the robust networks, where the pack has them."""
    return tuple(
        Claim(f"SVRE fools more than its base at {less}.", f"{SVRE}, {title}", f"{ENS}, {less}, {title}", control=True)
        for less in (FINER, AS_LONG)
        for title, role in ((NORMAL, "normal"), (ROBUST, "robust"))
        if cells.watching(pack, role)
    )


def _ablation(more: float, lesser: Mapping[float, str]) -> tuple[Claim, ...]:
    """The paper's choice against others, on each base, at equal step, start and fusion."""
    return tuple(
        Claim(
            sentence.format(base=base), more, less, tuple(f"{base}, {title}" for title in (NORMAL, ROBUST)), less == 0
        )
        for less, sentence in lesser.items()
        for base in STUDIED
    )


_table = partial(Table, paper="svre", rightly=everyone, pictures=50)
TABLES = (
    _table(
        name="svre-1",
        place="Tables 1 and 2",
        title="Who is fooled, by base attack, fusion and SVRE",
        sentence="Held-out networks, normal and adversarially trained, and the attacked. " + SAME,
        cells=cells.held_out,
        published=_means(),
        published_on=WHICH,
        claims=partial(_held_out, "fools more held-out networks"),
    ),
    _table(
        name="svre-3",
        place="Table 3",
        title="Who is fooled behind nine defences",
        sentence="A held-out network stands behind each; pictures that it names rightly there. " + SAME,
        cells=cells.nine,
        heads=("attack", "defence"),
        published=_nine(),
        published_on=WHICH,
        claims=_gain("fools more defended networks", (ALL_NINE,)),
    ),
    _table(
        name="svre-equal",
        place="Tables 1 and 2, section 4.5",
        title="Who is fooled, at equal gradients",
        sentence="SVRE steps ε/T for T iterations; its base is given six times as many, in finer steps or in as long. "
        + AS_PRINTED,
        cells=cells.equal_gradients,
        published=_means("M = 0"),
        published_on=WHICH,
        claims=_equal,
    ),
    _table(
        name="svre-loss",
        place="Figure 1",
        title="Mean cross-entropy, by base attack, fusion and SVRE",
        sentence="In nats, of the label. " + SAME,
        cells=cells.losses,
        share=False,
        claims=partial(_held_out, "raises the loss of held-out networks more"),
    ),
    _table(
        name="svre-m",
        place="Figure 2",
        title="Inner steps M",
        sentence="At 0 SVRE is its base; TI-DIM stands for SI-TI-DIM, which takes five times the gradients. " + SAME,
        cells=cells.rounds,
        heads=("base, held out", "M / K"),
        axis="inner steps for each of K attacked networks",
        claims=_ablation(
            cells.ROUNDS,
            {
                0: "On {base}, M = 4K fools more held-out networks than M = 0.",
                8: "On {base}, M = 4K fools more held-out networks than M = 8K: too many overfit.",
            },
        ),
    ),
    _table(
        name="svre-beta",
        place="Figure 3",
        title="Inner step β",
        sentence="TI-DIM stands for SI-TI-DIM, which takes five times the gradients. " + SAME,
        cells=cells.inner_steps,
        heads=("base, held out", "β / α"),
        axis="inner step β over the outer step α",
        claims=_ablation(
            1,
            {
                1 / 16: "On {base}, β = α fools more held-out networks than β = α/16.",
                16: "On {base}, β = α fools more held-out networks than β = 16α.",
            },
        ),
    ),
    _table(
        name="svre-gradients",
        place="Figure 4",
        title="MI-FGSM by what it spends",
        sentence="SVRE takes T steps of ε/T, Ens six times as many, of ε/6T or of ε/T. " + AS_PRINTED,
        cells=cells.by_gradients,
        heads=("attack, held out", "gradients"),
        axis="gradients through one network, for each picture",
        claims=_curves,
    ),
)

LACKING = (
    "leave-one-out (everyone else is held out instead), five seeds, SI-TI-DIM in the ablations (TI-DIM "
    "stands for it), β at every power of two (every fourth here)."
)
"""What of the paper has no table here."""
