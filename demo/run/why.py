"""The verdict in words a stranger understands: what became of the picture's name, and why. Computed, never canned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from demo.run.events import Finished
from demo.run.verdict import GROUPS, UNCOUNTED, Finding, Juror

LOUDER = 0.05
"""How much more than an even share a surrogate must weigh on average before it is said to have taken the weight."""


def counts(findings: Sequence[Finding]) -> dict[str, tuple[int, int]]:
    """For each group of jurors how many fell, of how many that were right before."""
    found = {}
    for group in GROUPS:
        counted = [f for f in findings if f.juror.group == group and f.status not in UNCOUNTED]
        found[group] = (sum(f.status == "fooled" for f in counted), len(counted))
    return found


def headline(finished: Finished) -> str:
    """What became of the picture's name; it agrees with the counters."""
    counted = [f for f in finished.findings if f.status not in UNCOUNTED]
    fooled = [f for f in counted if f.status == "fooled"]
    if not counted:
        return "Nobody counts: all were wrong, or undecided, before the attack."
    share = f"{len(fooled)} of {len(counted)}"
    if finished.target:
        return f"{share} say “{finished.target}” now." if fooled else f"Nobody says “{finished.target}”."
    if not fooled:
        silent = sum(f.status == "abstains" for f in counted)
        rest = f"{silent} of {len(counted)} would not say" if silent else "nobody changed their mind"
        return f"“{finished.label}” stands: {rest}."
    (common, times), *_ = Counter(f.after.answer for f in fooled).most_common()
    if len(fooled) * 2 <= len(counted):
        return f"{share} no longer see “{finished.label}”."
    if times * 2 > len(fooled):
        return f"“{finished.label}” became “{common}”."
    return f"{share} no longer see “{finished.label}”, and they disagree what it is."


def abstained(findings: Sequence[Finding]) -> str:
    """What the abstentions after the attack count as, here and in SEM's Eq. 6; "" where nobody abstains."""
    marks = [f.status for f in findings if f.status not in UNCOUNTED]
    silent, fooled = marks.count("abstains"), marks.count("fooled")
    if not silent:
        return ""
    who = "One abstains, which counts" if silent == 1 else f"{silent} abstain, which counts"
    return f"{who} neither as right nor as fooled. By SEM’s Eq. 6 it is fooled: {silent + fooled} of {len(marks)} then."


def why(finished: Finished, jurors: Sequence[Juror]) -> str:
    """Who took the weight or resisted longest, and what noise of the same size did."""
    return " ".join(
        part for part in (_weight(finished, jurors) or _resisted(finished, jurors), _noise(finished)) if part
    )


def _weight(finished: Finished, jurors: Sequence[Juror]) -> str:
    rows = [frame.weights for frame in finished.history if frame.weights]
    if not rows or len(rows[0]) < 2:
        return ""
    mean = {name: fmean(row[name] for row in rows) for name in rows[0]}
    loudest = max(mean, key=lambda name: mean[name])
    if mean[loudest] < 1 / len(mean) + LOUDER:
        return ""
    return f"{_title(loudest, jurors)} took {mean[loudest]:.0%} of the weight on average."


def _resisted(finished: Finished, jurors: Sequence[Juror]) -> str:
    attacked = [juror.name for juror in jurors if juror.group == "surrogate"]
    if len(attacked) < 2 or finished.target:
        return ""
    mean = {name: fmean(frame.confidence[name] for frame in finished.history) for name in attacked}
    last = max(mean, key=lambda name: mean[name])
    return f"{_title(last, jurors)} resisted longest."


def _noise(finished: Finished) -> str:
    control = finished.control
    if not control.asked:
        return ""
    fooled = f"{control.fooled} of {control.asked}" if control.fooled else "nobody"
    return f"Random noise of the same size fooled {fooled}."


def _title(name: str, jurors: Sequence[Juror]) -> str:
    return next(juror.title for juror in jurors if juror.name == name)
