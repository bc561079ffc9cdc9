"""TREND (Ravikumar et al. 2022): what makes pictures transfer, and juries that resist it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from demo.lab.cells import matrix as between
from demo.lab.cells import trend as cells
from demo.lab.published.trend import ERRORS, TRAINING
from demo.lab.scene import everyone
from demo.lab.table import Claim, Table
from models.catalog import CARDS

COUNTED = (
    "TM: of the pictures that source and target both named rightly and that, made on the source, fool the source, the "
    "share that fools the target too; means are taken over pictures."
)
STEPS = "Steps of ε/4 from a random point of the ball (the paper: 40 steps of 0.01)."
OURS = "C&W is its objective within the same ball; the paper minimises an L2 distance beside it."
NOISE = "Random noise, the control: of what the target named rightly, the share it no longer does."

MATRIX = f"{COUNTED} {STEPS} {OURS} {NOISE}"


def own(pack: str) -> Sequence[str]:
    """In the laboratory all pictures are tried, and each pair counts its own; elsewhere all must know a picture."""
    return everyone(pack) if pack == "imagenet" else ()


def _to(title: str, *targets: str) -> Claim:
    """That these are the harder targets."""
    return Claim(title, OTHERS, OTHERS, columns=(CARDS["tiny/resnet-seed"].title,), against=targets)


COARSEST = (CARDS[between.Q1].title, CARDS[between.Q2].title)
OTHERS = f"PGD: {between.OTHERS}"
FROM_Q2 = f"PGD: {COARSEST[1]}"
study = partial(Table, paper="trend", packs=("tiny",), rightly=own, epsilon={"tiny": 8})
matrix = partial(study, heads=("made by: on", "shown to"), steps=20, pictures=100)
TABLES = (
    matrix(
        name="trend-1",
        place="Figures 1 and 10",
        title="Transfer between architectures",
        packs=("tiny", "imagenet", "trios"),
        sentence=f"{MATRIX} The paper averages over five seeds; here is one network of each make, and "
        "in the laboratory most learned from the ResNet. Trios are of one make, three of each training. DeepFool: see "
        "trend-2.",
        cells=lambda scene: between.matrix(scene, between.architectures(scene.pack)),
        epsilon={"tiny": 8, "imagenet": 8, "trios": 8},
        claims=lambda pack: tuple(between.asymmetry(pack)),
    ),
    study(
        name="trend-2",
        place="Tables II and III",
        title="Transfer between seeds and between optimisers",
        sentence=f"{COUNTED} {STEPS} {OURS} Four small ResNets by SGD, but for their seeds alike, and one by Adam: "
        "Adam → Adam is lacking, and so are VGG11 and CIFAR-100. DeepFool takes its own steps.",
        cells=between.training,
        heads=("attack", "from → to"),
        steps=20,
        pictures=120,
        published=TRAINING,
        published_on="ResNet18 on CIFAR-10, ε = 8/255; C&W in L2, of lower and higher κ",
        claims=(
            Claim("PGD transfers better than C&W.", "PGD", "C&W, κ = 0"),
            Claim("C&W of high confidence transfers better.", "C&W, κ = 50", "C&W, κ = 0", control=True),
            Claim("PGD transfers better than DeepFool.", "PGD", "DeepFool"),
            Claim("The optimiser matters more.", "PGD", "PGD", columns=("SGD → SGD",), against=("Adam → SGD",)),
            Claim(
                "What is made by SGD moves to Adam better than back (C&W).",
                "C&W, κ = 50",
                "C&W, κ = 50",
                columns=("SGD → Adam",),
                against=("Adam → SGD",),
            ),
        ),
    ),
    matrix(
        name="trend-input",
        place="Figure 2",
        title="Transfer under coarse input, another seed and another optimiser",
        sentence=f"{MATRIX} Those on coarse pictures began with Baseline 1, whereas the paper trains "
        "each anew; Q8 and Q6 are lacking.",
        cells=lambda scene: between.matrix(scene, between.relatives()),
        claims=(
            _to("Coarse input of 2 levels is a harder target than another seed.", COARSEST[0]),
            _to("Coarse input of 4 levels is a harder target than another seed.", COARSEST[1]),
            Claim(
                "From 4 levels to the others is easier than back.",
                FROM_Q2,
                OTHERS,
                columns=(between.OTHERS,),
                against=(COARSEST[1],),
            ),
        ),
    ),
    matrix(
        name="trend-weights",
        place="Figure 3",
        title="Transfer under coarse weights and coarse activations",
        sentence=f"{MATRIX} W and A: Baseline 1, its weights (2^bits values for each filter) or what "
        "enters its layers rounded after training, so that all are one network and transfer is high by design; the "
        "paper trains each at its bits, down to 1, at which a network that was not trained so knows nothing.",
        cells=lambda scene: between.matrix(scene, between.coarse(), ("PGD", "C&W, κ = 50")),
        claims=tuple(
            Claim(f"{some}3 is a harder target than {some}8.", OTHERS, OTHERS, (f"{some}8",), against=(f"{some}3",))
            for some in "WA"
        ),
    ),
    study(
        name="trend-growth",
        place="Figure 12",
        title="TM against ε, measured and predicted from four strengths",
        sentence=f"{COUNTED} PGD, {STEPS[0].lower()}{STEPS[1:]} Predicted: Eq. 10, a curve A (1 - exp(-b ε)) each for "
        "what was made and what moved, fitted at ε = 2, 6, 12 and 20.",
        cells=cells.growth,
        heads=("source → target", "ε"),
        axis="ε in levels of 255",
        pictures=80,
    ),
    study(
        name="trend-fit",
        place="Table VII",
        title="How far the prediction from four strengths misses",
        sentence=f"Root mean square errors, in % of the pictures that both name rightly, and of TM. {COUNTED} Fitted "
        "as in trend-growth. The paper's are counts over CIFAR-10's 10,000 test pictures, here as shares of them.",
        cells=cells.errors,
        heads=("source → target", "error of"),
        pictures=80,
        up=False,
        published=ERRORS,
        published_on="ResNet18 on CIFAR-10: Seed 1 → Seed 2, FP → Q1, Q1 → FP",
    ),
    study(
        name="trend-6",
        place="Figures 5 and 6",
        title="Attacks on a jury that votes, against ε",
        sentence="How likely a jury errs that named the label before, by TREND's vote: more than half, or else one "
        "member by lot. Steps of ε/4 for all, from a random point of the ball but for MI-FGSM. PGD on the mean loss is "
        "D-AG by another name, its control: the gradient of a mean is the mean of gradients. The paper prints no "
        "numbers here but one: A-GD fools up to 1.56 times as many as D-AG.",
        cells=cells.on_juries,
        heads=("jury: attack", "ε"),
        axis="ε in levels of 255",
        pictures=80,
        claims=tuple(cells.pays_to_vote()),
    ),
    study(
        name="trend-8",
        place="Figure 8",
        title="Juries of three, chosen by TM",
        sentence="Robust accuracy over all pictures, by TREND's vote, under A-GD, and under PGD for one network alone; "
        "steps of ε/4 from a random point. TM under PGD at 8/255: the mean of a jury's pairs, both ways; half of the "
        "pictures choose for the other half. A random three: the mean of all. The paper does not say how pairs add up "
        "to a jury; its FP-Q1-Q2 is 1.30, 1.36 and 8.43 times as robust as Q1, Q2 and FP alone at ε = 0.01. Q1 and Q2 "
        "are less accurate than FP here, too, which weighs on their juries.",
        cells=cells.design,
        heads=("jury", "attacked at"),
        pictures=80,
        up=False,
        claims=(
            Claim("TM picks sturdier juries than chance.", "TREND: lowest TM", "a random three", control=True),
            Claim("Juries of low TM are sturdier than of high.", "TREND: lowest TM", "highest TM"),
            Claim("A search finds sturdier juries than TM.", "the best three, by search", "TREND: lowest TM"),
            *(
                Claim(
                    f"FP-Q1-Q2 is sturdier than {CARDS[name].title} alone.",
                    "FP, Q1, Q2",
                    f"alone: {CARDS[name].title}",
                    columns=("ε = 2",),
                )
                for name in (between.FULL, between.Q1, between.Q2)
            ),
        ),
    ),
)

LACKING = (
    "C&W in L2, VGG11, input of six and eight bits, networks trained at coarse weights (ours are rounded "
    "afterwards), Adam to Adam."
)
"""What of the paper has no table here."""
