"""The verdict, first and big: three counters, what became of the picture's name, and why."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from demo.pages import cards, replay
from demo.pages.glossary import TERMS, explained, marked
from demo.run.events import Finished, Look, Prepared, Progress
from demo.run.verdict import GROUPS, uncounted
from demo.run.why import abstained, counts, headline, why

WORDS = {"surrogate": "attacked", "held-out": "watching", "defended": "defended"}

FEW = 200
"""Of so many names, or fewer, all are listed, and most pictures show none of them."""


def opened(look: Look) -> str:
    """Before a run: what they see."""
    agreeing = sum(opinion.answer == look.guess for opinion in look.before.values())
    heard = f"{agreeing} of {len(look.before)} see “{look.guess}”."
    said = "Press Attack to see who changes their mind."
    if not look.sure:
        heard, said = f"They are unsure. Their best guess is “{look.guess}”.", "You may know better: say what it shows."
        if look.classes < FEW:
            heard = f"Probably none of the {look.classes} things that they know."
            said = f"Their best guess is “{look.guess}”. Photographs, under The jury, knows a thousand things."
    everybody = {group: (0, sum(juror.group == group for juror in look.jurors)) for group in GROUPS}
    return _verdict(everybody, heard, said)


def live(prepared: Prepared, progress: Progress) -> str:
    """While a run goes on: who has fallen so far, and how long it will be."""
    left = f"about {max(progress.seconds_left, 0.1):.1f} s left" if progress.step < progress.steps else "judging …"
    goal = f"towards “{prepared.target}”" if prepared.target else f"away from “{prepared.label}”"
    bar = (
        f'<div class="q-bar" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="{progress.steps}" aria-valuenow="{progress.step}">'
        f'<span style="width:{progress.step / progress.steps:.0%}"></span></div>'
    )
    words = f"Pushing {goal} · {left} · on {prepared.look.device}"
    heard = f"Iteration {progress.step} of {progress.steps}"
    return _verdict(replay.so_far(progress.answers, prepared), heard, words, bar, prepared.target is not None)


def judged(prepared: Prepared, finished: Finished, note: str = "") -> str:
    """The verdict on the very bytes that can be downloaded. note: what else is to be said first."""
    spent = finished.history[-1]
    work = f"{spent.gradients} gradients" if spent.gradients else f"{spent.forwards} queries"
    small = (
        f"{spent.steps} iteration{'s' * (spent.steps != 1)}, {finished.seconds:.1f} s and {work} on "
        f"{prepared.look.device}. Judged on the very bytes that you can download."
    )
    aside = uncounted(finished.findings, finished.target is not None)
    early = "The time was up before the last iteration: this is the picture so far." if finished.early else ""
    notes = (*spent.notes, early, small, aside, abstained(finished.findings))
    more = "".join(f'<p class="q-soft">{escape(words)}</p>' for words in notes if words)
    reason = " ".join(filter(None, (note, why(finished, prepared.look.jurors))))
    return _verdict(counts(finished.findings), headline(finished), reason, more, finished.target is not None)


def _verdict(
    pairs: Mapping[str, tuple[int, int]], heard: str, words: str, more: str = "", targeted: bool = False
) -> str:
    counters = "".join(_counter(group, *pair, targeted) for group, pair in pairs.items())
    return (
        f'<div class="q-card q-verdict" role="status" tabindex="-1"><div class="q-counters">{counters}</div>'
        f'<div class="q-why"><h2>{escape(heard)}</h2><p>{marked(words)}</p>{more}</div></div>'
    )


def _counter(group: str, fell: int, total: int, targeted: bool) -> str:
    shown = f'<span class="q-number">{fell}</span><small> of {total}</small>'
    if not total:
        shown = '<span class="q-number">–</span>'
    kind = "q-none" if not fell else "q-most" if fell * 2 > total else "q-some"
    verb = "say it" if targeted else "fell"
    who = explained(WORDS[group], TERMS[group][0])
    return f'<div class="q-counter {kind}" data-group="{group}">{shown}<div>{who} {verb}</div></div>'


def welcome(picture: bool = True) -> str:
    """The page before its first look. picture: whether there is one to look at."""
    words = "Every network of the jury looks at the picture and says what it shows …"
    if not picture:
        words = "There is no picture yet: drop one on the left, take or paste one, or click an example."
    return cards.card("Can you change a jury’s mind without changing what you see?", f"<p>{words}</p>", role="status")
