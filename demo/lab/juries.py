"""Measures of juries: what several networks' own verdicts come to when they vote, with no lots drawn.

A tie is counted as the share of lots that fall on the label: exact where twenty looks at a drawing would be noisy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from demo.lab.job import Arrays

RULES = ("most", "majority")


def named(verdict: Arrays, pictures: Arrays) -> np.ndarray:
    """`(N,)` bool: one network names the label, and does not abstain."""
    rightly: np.ndarray = (verdict["top"] == pictures["labels"]) & ~verdict["abstains"]
    return rightly


def ballot(verdicts: Sequence[Arrays], pictures: Arrays, rule: str = "most") -> np.ndarray:
    """`(N,)`: the chance that a jury of M networks names the label, from their verdicts.

    rule: "most", the most votes win and lots decide among the leading classes (MORA, Yu et al. 2022, section 2.3);
    "majority", more than half wins, and failing that one juror by lot (TREND, Ravikumar et al. 2022, section V-B).
    Of one network alone it is 1 or 0. Whoever abstains votes for nobody else's class.

    Raises:
        ValueError: an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(f"Unknown rule {rule!r} of a vote: use one of {', '.join(RULES)}.")
    votes = np.stack([np.where(one["abstains"], -1 - place, one["top"]) for place, one in enumerate(verdicts)])
    backing = (votes[:, None] == votes[None]).sum(1)  # (M,N): how many voted as this juror did
    lead = backing.max(0)
    own = (votes == pictures["labels"]).sum(0)
    if rule == "most":
        leaders = ((backing == lead) / backing).sum(0)
        return np.where(own == lead, 1 / leaders, 0.0)
    return np.where(2 * lead > len(votes), own == lead, own / len(votes)).astype(float)


def standing(*results: Arrays, members: int = 1, rule: str = "most") -> np.ndarray:
    """Robust accuracy: whether the label is still named after every one of several starts.

    results: the verdicts on each start's pictures in turn, of the `members` that vote (1: of the jury as one).
    """
    *verdicts, pictures = results
    starts = [verdicts[place : place + members] for place in range(0, len(verdicts), members)]
    return np.min([ballot(one, pictures, rule) for one in starts], axis=0)


def toppled(*results: Arrays, rule: str = "majority") -> np.ndarray:
    """How likely a jury errs now, where it named the label for certain before; NaN where it did not.

    results: the members' verdicts on the adversarial pictures, and then on the clean ones.
    """
    *verdicts, pictures = results
    half = len(verdicts) // 2
    before, after = (ballot(some, pictures, rule) for some in (verdicts[half:], verdicts[:half]))
    return np.where(before == 1, 1 - after, np.nan)


def fooled_with(*results: Arrays, count: int, members: int, rule: str = "most") -> np.ndarray:
    """Among the pictures at which a jury fell, 1 where exactly `count` of its members are wrong (MORA, Fig. 3).

    It fell where it named the label for certain and has now no chance of doing so. results: the members' verdicts;
    the jury's, which are one or again the members'; and the same on the clean pictures.
    """
    *verdicts, pictures = results
    wrong = np.stack([~named(one, pictures) for one in verdicts[:members]]).sum(0)
    half = (len(verdicts) - members) // 2
    after, before = (ballot(verdicts[at : at + half], pictures, rule) for at in (members, members + half))
    return np.where((before == 1) & (after == 0), wrong == count, np.nan)


MEASURES: tuple[Callable[..., np.ndarray], ...] = (standing, toppled, fooled_with)
