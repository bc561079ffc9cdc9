"""MORA (Yu et al. 2022): reweighing sub-models against ensemble defences."""

from __future__ import annotations

from functools import partial

from demo.lab.cells import mora as cells
from demo.lab.published.mora import PUBLISHED
from demo.lab.table import Claim, Table

SETTINGS = (
    "All attacks begin at a random point of the ball; steps of ε/4 for PGD and C&W (κ = 50), from 2ε downwards for "
    "APGD and MORA. For softmax and voting they follow the mean probability, for logits the mean of logits; MORA its "
    "own mode, and by votes the vote softened at τ = 0.1. Pictures are judged in 8 bits, votes by true votes, with a "
    "tie counted as the share of lots that fall on the label."
)
study = partial(Table, paper="mora", packs=("trios",), rightly=lambda pack: (), pictures=80, up=False)
TABLES = (
    study(
        name="mora-1",
        place="Table 1",
        title="Robust accuracy of trios",
        sentence=f"What the jury names rightly after {cells.STARTS} fresh starts of such steps, MORA's with β of "
        f"{', '.join(f'{beta:g}' for beta in cells.SWEEP)} in turn; multi-target MORA adds a run of as many steps in "
        f"all, which heads for {cells.OTHERS} other labels. {SETTINGS} Lacking here: A³, CAA, the whole AutoAttack, "
        "juries of 5 and 8, CIFAR-100, and the adversarially trained DVERGE of Table 2.",
        cells=cells.robustness,
        heads=("jury: attack", "trio"),
        steps=10,
        published=PUBLISHED,
        published_on="three ResNet-20 on CIFAR-10, ε = 0.01, attacks of 500 iterations",
        claims=lambda pack: tuple(cells.robustness_claims(pack)),
    ),
    study(
        name="mora-3",
        place="Figures 1c and 3a",
        title="How many of three are wrong where their jury fell",
        sentence="Of the pictures that the jury named rightly before and no longer does, the share at which so many "
        f"members are wrong. One start. {SETTINGS} The paper's figure has eight members and no numbers.",
        cells=cells.wrong_members,
        heads=("jury: attack → trio", "members wrong"),
        axis="members that are wrong",
        steps=10,
        up=True,
        claims=lambda pack: tuple(cells.minority_claims()),
    ),
    study(
        name="mora-3c",
        place="Figure 3c",
        title="Robust accuracy against ε, by how the jury answers",
        sentence=f"MORA, β = 0.5, one start. {SETTINGS} The paper shows DVERGE with five members.",
        cells=cells.strengths,
        heads=("trio, jury", "ε"),
        axis="ε in levels of 255",
        steps=10,
        claims=tuple(
            Claim(f"Logits are sturdier than {mode}.", "DVERGE, logits", f"DVERGE, {mode}")
            for mode in ("softmax", "voting")
        ),
    ),
    *(
        study(
            name=f"mora-4-{mode}",
            place="Figure 4",
            title=f"Robust accuracy against iterations, {mode}",
            sentence="What has been named rightly at every iteration so far; whatever fell once counts as fallen, and "
            f"nothing is rounded. One start. {SETTINGS}",
            cells=partial(cells.convergence, mode),
            heads=("trio: attack", "iterations"),
            axis="iterations",
            steps=100,
            claims=lambda pack: tuple(cells.convergence_claims(pack)),
        )
        for mode in cells.FUSIONS
    ),
    study(
        name="mora-rounding",
        place="not in the paper",
        title="What rounding to 8 bits gives back",
        sentence="The pictures of one start, judged as the attack left them and as a file holds them: MORA stops a "
        f"picture as soon as it falls, at the border, and rounding can take it back. {SETTINGS}",
        cells=cells.rounding,
        heads=("jury: attack, how judged", "trio"),
        steps=10,
        claims=lambda pack: tuple(cells.rounding_claims()),
    ),
    study(
        name="mora-beta",
        place="Appendix (β)",
        title="Robust accuracy by β, the weighed sub-models' share",
        sentence=f"One start, the same for every β; β = 0 leaves λ out. {SETTINGS}",
        cells=cells.betas,
        heads=("jury, β", "trio"),
        steps=10,
        claims=tuple(
            Claim("This share of the weighed sub-models pays.", f"{mode}, β = 0", f"{mode}, β = {beta:g}", control=True)
            for mode in cells.FUSIONS
            for beta in cells.BETAS[1:]
        ),
    ),
    study(
        name="mora-aim",
        place="Algorithm 1, line 10",
        title="Robust accuracy by where a stride begins",
        sentence=f"Where the last one aimed, as printed, or at the picture, as the authors' code has it. One start. "
        f"{SETTINGS}",
        cells=cells.aims,
        heads=("jury, stride", "trio"),
        steps=10,
        claims=tuple(
            Claim("Strides that begin at the picture fool more.", f"{mode}, {along}", f"{mode}, {afresh}", control=True)
            for mode in cells.FUSIONS
            for along, afresh in [cells.AIMS]
        ),
    ),
    study(
        name="mora-tau",
        place="Appendix (τ)",
        title="Robust accuracy by τ, at which a vote is softened",
        sentence=f"MORA on juries by vote, one start; β = 0 leaves λ out. {SETTINGS}",
        cells=cells.taus,
        heads=("trio, β", "τ"),
        axis="temperature τ",
        steps=10,
        claims=lambda pack: tuple(cells.tau_claims()),
    ),
)

LACKING = (
    "A³, CAA and the whole AutoAttack, juries of five and eight, CIFAR-100, the adversarially trained "
    "DVERGE of Table 2; multi-target heads for four other labels."
)
"""What of the paper has no table here."""
