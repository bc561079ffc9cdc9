"""Who fools whom: the matrix of the run's networks, and below it what was measured over many pictures."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from demo.pages.views.matrix import Heads, Square, said, table
from demo.pages.views.parts import how, named
from demo.pages.views.stored import stored
from demo.run.kept import Kept
from demo.run.roster import Entry
from demo.run.verdict import Juror
from demo.run.views.transfer import ATTACK, STEPS, Cell, Transfer
from models.packs import PACKS


def transfer(seen: Transfer, kept: Kept) -> str:
    """On the picture on the stage, and the pack's own matrix."""
    here = drawn(seen, kept, "Who fools whom on the picture on the stage")
    return f"<h3>On the picture on the stage</h3>{here}{stored(kept.plan.settings['pack'])}"


def drawn(seen: Transfer, kept: Kept, words: str) -> str:
    """One matrix: what it says, and how it was made. words: what it is called."""
    alone = len(seen.labels) == 1
    square = _of_one if alone else _of_many
    entries = {entry.juror: entry for entry in kept.plan.roster}
    rows = []
    for source, cells in zip(seen.sources, seen.rows, strict=False):  # those that are known
        asked = [_asked(kept, entries[source], entries[target]) for target in seen.targets]
        rows.append(
            [
                square(cell, source, target, settings)
                for cell, target, settings in zip(cells, seen.targets, asked, strict=True)
            ]
        )
    titles = [juror.title for juror in seen.targets]
    heads = Heads([named(one) for one in seen.sources], [named(one) for one in seen.targets], titles)
    told = said(seen.shares, titles, alone) if len(seen.rows) == len(seen.sources) else _progress(seen)
    return told + table(heads, rows, seen.shares, words) + how(_how(seen, kept, alone))


def _progress(seen: Transfer) -> str:
    done, of = len(seen.rows), len(seen.sources)
    if seen.early:
        return f"<p>Only {done} of {of} rows: the time that a run has was over. Choose fewer networks or pictures.</p>"
    share = done / of
    return (
        f'<p role="status">Row {done + 1} of {of}, about {max(seen.left, 1):.0f} s left.</p>'
        f'<div class="q-bar"><span style="width:{share:.0%}"></span></div>'
    )


def _of_one(cell: Cell, source: Juror, target: Juror, asked: Mapping[str, Any] | None) -> Square:
    made = f"made on {source.title}, shown to {target.title}"
    if not cell.right:
        return Square("was wrong", None, f"{target.title} was wrong before", asked)
    word = "fooled" if cell.fell else "holds"
    text = f"{word} {cell.belief:.0%}"
    if not cell.counted:
        return Square(f"({text})", None, f"{made}; not counted, as {source.title} was wrong before or holds", asked)
    return Square(text, cell.share, f"{made}; the right name has {cell.belief:.0%} then", asked)


def _of_many(cell: Cell, source: Juror, target: Juror, asked: Mapping[str, Any] | None) -> Square:
    made = f"made on {source.title}, shown to {target.title}"
    if not cell.counted:
        return Square("– of 0", None, f"{made}: no picture counts", asked)
    return Square(f"{cell.share:.0%} of {cell.counted}", cell.share, f"{made}: {cell.fooled} fooled", asked)


def _asked(kept: Kept, source: Entry, target: Entry) -> dict[str, Any] | None:
    """The settings of a run on this source, watched by this target; none where a network would watch itself guarded."""
    if target.defence != source.defence and target.networks == source.networks:
        return None
    settings, pack = kept.plan.settings, kept.plan.settings["pack"]
    asked: dict[str, Any] = {
        "pack": pack,
        "surrogates": [source.juror.name],
        "attack": ATTACK,
        "epsilon": kept.plan.epsilon,
        "iterations": STEPS,
    }
    if settings.get("side", PACKS[pack].side) != PACKS[pack].side:
        asked["side"] = settings["side"]
    if target.networks != source.networks:
        asked["held_out"] = list(target.networks)
    if target.defence and target != source:
        asked |= {"guards": {target.defence: dict(target.parameters)}, "guarded": target.networks[0]}
    return asked


def _how(seen: Transfer, kept: Kept, alone: bool) -> str:
    what = (
        f"The picture, taken for “{seen.labels[0]}”"
        if alone
        else f"{len(seen.labels)} pictures, each taken for what the attacked networks agree upon"
    )
    cell = "The number is how likely the target thinks the right name then." if alone else "After “of”: how many count."
    return escape(
        f"{what}: PGD with {STEPS} steps at {kept.plan.epsilon:g}/255 on one network alone, shown to each in 8 bits. "
        f"{cell} As in TREND, a picture counts where both networks were right before and its source falls to it, "
        "so that the diagonal is always 100 % and no part of the means. Networks that answer by lot, and juries of "
        "several, are left out. A cell opens the page with its two networks."
    )
