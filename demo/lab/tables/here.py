"""What came out otherwise here than a paper, or a claim, has it, and what that is likely due to: by table and pack."""

from __future__ import annotations

from collections.abc import Mapping

ALIKE = (
    "Four normal networks are attacked, of which three learned from the first: probably there is too little to calm. "
    "On a jury with an adversarially trained network (attacks-equal) SVRE does pay."
)
FEW_QUESTIONS = (
    "Hardly anybody falls to an attacker who has 200 questions, not even the single network that nothing protects; the "
    "paper's has 5000. What defends better is not to be seen by so few."
)
HERE: Mapping[str, Mapping[str, str]] = {
    "svre-1": {"tiny": f"SVRE fools no more held-out networks than its bases, with momentum alone even fewer. {ALIKE}"},
    "svre-3": {"tiny": f"SVRE fools no more defended networks than its bases, with momentum alone even fewer. {ALIKE}"},
    "svre-loss": {
        "tiny": "With input transformations SVRE raises the loss more than every fusion, as in the paper; without them "
        f"it does not, and neither brings more networks to fall (svre-1). {ALIKE}"
    },
    "mora-1": {
        "trios": "Against juries by probability or logits MORA owes nothing to its weights: without them it leaves as "
        "few standing. Against votes it owes them everything: without them PGD does better. Gaps are smaller than in "
        "the paper, whose trios are surer of themselves and whose attacks take 500 iterations."
    },
    "mora-beta": {
        "trios": "The more of the loss goes to weighed sub-models the more stands of juries by probability or logits, "
        "whose own gradient is exact; only a vote's, which is softened, gains by the weights."
    },
    "sem-black": {"tiny": FEW_QUESTIONS},
    "sem-black-targeted": {"tiny": FEW_QUESTIONS},
    "trend-1": {
        "tiny": "RegNet, which looks at the pixels without a stem, and XCiT fool few and are fooled by many; the paper "
        "has other networks."
    },
    "trend-2": {
        "tiny": "The way round is the other one: what the network by Adam makes moves on more often than what "
        "reaches it. It is less accurate than those by SGD, so that few pictures count for it."
    },
    "attacks-equal": {
        "tiny": "APGD-DLR and U-GD give up what travels: the one stops at the border of a margin, the other leaves "
        "alone every pixel on which a single network objects. AdaEA's mask does so, too, at four times the passes.",
        "imagenet": "APGD-DLR and U-GD give up what travels, as in the laboratory. DeepFool goes no further than the "
        "border, which mostly lies less than half of one of 255 shades away: in 8 bits nothing is left of it.",
    },
    "defences": {
        "imagenet": "The pictures are small ones, enlarged, and blurred by that: the network names a third of them "
        "without any attack, which no number here exceeds by much, and behind coarse weights none at all.",
    },
}
