"""Benches of tiles: what each juror says, before and after; a tile opens to its five best guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from demo.run.verdict import ABSTAINS, GROUPS, Finding, Juror, Opinion

UNSURE = 0.5
"""Below so much belief a juror who was right before is called unsure."""
TAGS = {
    "": "",
    "fooled": "✕ fell",
    "holds": "✓ holds",
    "abstains": "○ abstains",
    "wrong": "– wrong before",
    "undecided": "– abstained before",
}
TARGETED_TAGS = TAGS | {"fooled": "✕ says it", "holds": "✓ resists", "wrong": "– said it before"}


@dataclass(frozen=True)
class Tile:
    """One juror as it stands now. now: its answer with its probability, None while it has not been asked again.

    status: as a finding's, or "" before the attack. after: the whole opinion, once the verdict is in. note: more about
    the verdict of one that answers at random.
    """

    juror: Juror
    before: Opinion
    now: tuple[str, float] | None = None
    status: str = ""
    after: Opinion | None = None
    note: str = ""


def judged(finding: Finding) -> Tile:
    """The tile of a finished run."""
    after, note = finding.after, ""
    if finding.juror.random and finding.status in ("fooled", "holds"):
        note = (
            f"Every look may differ. Fooled in {round(finding.share * after.draws)} of {after.draws} looks "
            f"(95 % interval {finding.low:.0%} to {finding.high:.0%})."
        )
    now = (after.answer, dict(after.top).get(after.answer, 0.0))
    return Tile(finding.juror, finding.before, now, finding.status, after, note)


def benches(tiles: Sequence[Tile], targeted: bool, empty: str = "Nobody.", later: Sequence[Juror] = ()) -> str:
    """The three benches side by side. empty: what stands on one that is. later: who has still to be asked at all."""
    tags = TARGETED_TAGS if targeted else TAGS
    shown = []
    for group, title in GROUPS.items():
        members = [_tile(tile, tags) for tile in tiles if tile.juror.group == group]
        members += [_later(juror) for juror in later if juror.group == group]
        body = "".join(members) or f'<p class="q-soft">{empty}</p>'
        shown.append(f'<section class="q-bench"><h4>{escape(title)}</h4>{body}</section>')
    head = (
        '<div class="q-benches-head"><h3>What each network says</h3>'
        '<button type="button" class="q-all" aria-expanded="false">Five best guesses of all</button></div>'
    )
    return f'<div class="q-card q-benches-card">{head}<div class="q-benches">{"".join(shown)}</div></div>'


def _later(juror: Juror) -> str:
    dot = f'<i class="q-dot" style="background:{juror.color}"></i>'
    return (
        f'<div class="q-tile q-later"><span class="q-who">{dot}<span>{escape(juror.title)}</span></span>'
        '<span class="q-soft">Answers by lot: asked many times when the attack is done.</span></div>'
    )


def _tile(tile: Tile, tags: dict[str, str]) -> str:
    juror = tile.juror
    name, chance = tile.now or (tile.before.answer, _chance(tile.before))
    unsure = tile.status in ("fooled", "holds", "") and tile.before.belief < UNSURE
    aside = f'<p class="q-soft">{escape(tile.note)}</p>' if tile.note else ""
    return (
        f'<details class="q-tile q-{tile.status or "before"}" data-name="{escape(juror.name)}"><summary>'
        f'<span class="q-who"><i class="q-dot" style="background:{juror.color}"></i><span>{escape(juror.title)}</span>'
        f'<em class="q-mark">{tags[tile.status]}</em></span>'
        f'<span class="q-said"><s>{said(tile.before.answer, _chance(tile.before))} →</s> '
        f"<b>{said(name, chance)}</b>{' <small>unsure before</small>' if unsure else ''}</span>"
        f'<span class="q-meter"><span style="width:{chance:.0%};background:{juror.color}"></span></span></summary>'
        f'<div class="q-fives">{_five(tile.before, "Before")}{_five(tile.after, "After")}{aside}</div></details>'
    )


def said(answer: str, chance: float) -> str:
    """An answer and its probability, or that there is none."""
    return "too close to call" if answer == ABSTAINS else f"{escape(answer)} {chance:.0%}"


def _chance(opinion: Opinion) -> float:
    return dict(opinion.top).get(opinion.answer, 0.0)


def _five(opinion: Opinion | None, when: str) -> str:
    if opinion is None:
        return ""
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{chance:.1%}</td></tr>" for name, chance in opinion.top)
    return f"<table><caption>{when}</caption>{rows}</table>"
