"""What a comparison shows: a card an attack, who fell to which, and what each does for its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.figures import of_comparison
from demo.pages import cards
from demo.pages.replay import preview
from demo.pages.stage import drawing
from demo.pages.tiles import TAGS, TARGETED_TAGS
from demo.run.comparison import Contestant, ending
from demo.run.events import Progress, Unknown
from demo.run.verdict import GROUPS


def side_by_side(
    done: Sequence[Contestant], under_way: tuple[str, Progress] | None = None, winner: Contestant | None = None
) -> str:
    """One card an attack: its verdict, its picture, what it cost. under_way: the attack that runs now, and how far."""
    shown = f'<div class="q-contest">{"".join(_card(contestant, contestant is winner) for contestant in done)}</div>'
    if under_way:
        title, progress = under_way
        words = f"{title}: iteration {progress.step} of {progress.steps} …"
        return shown + cards.waiting(words, progress.step / progress.steps)
    return shown + _judged(done, winner) if winner else shown


def _judged(done: Sequence[Contestant], winner: Contestant) -> str:
    rule = "most" if winner.plan.target else "least"
    words = (
        f"★ {escape(winner.title)}: the {rule} area under its curve, over {ending(done):.0f} gradients for everybody. "
        "A curve that ends early goes on at its last height."
    )
    chart = drawing(of_comparison.curves(done))
    return (
        f'<div class="q-card q-compared"><div><h3>Who fell to which attack</h3>{_table(done)}</div>'
        f'<div class="q-beside">{chart}<p class="q-soft">{words}</p></div></div>'
    )


def _table(done: Sequence[Contestant]) -> str:
    """Networks by attacks: what each says in the end, with a mark; groups as on the stage."""
    heads = "".join(f'<th scope="col">{escape(contestant.title)}</th>' for contestant in done)
    rows = []
    for group, title in GROUPS.items():
        jurors = [juror for juror in done[0].prepared.look.jurors if juror.group == group]
        if jurors:
            rows.append(f'<tr><th class="q-group" scope="colgroup" colspan="{len(done) + 1}">{escape(title)}</th></tr>')
        for juror in jurors:
            dot = f'<i class="q-dot" style="background:{juror.color}"></i>'
            cells = "".join(_cell(contestant, juror.name) for contestant in done)
            rows.append(f'<tr><th scope="row"><span class="q-who">{dot}{escape(juror.title)}</span></th>{cells}</tr>')
    return f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{"".join(rows)}</table></div>'


def _cell(contestant: Contestant, name: str) -> str:
    (found,) = (finding for finding in contestant.finished.findings if finding.juror.name == name)
    tags = TARGETED_TAGS if contestant.plan.target else TAGS
    mark = tags[found.status].partition(" ")[0]
    return f'<td class="q-{found.status}" title="{escape(tags[found.status])}">{mark} {escape(found.after.answer)}</td>'


def _card(contestant: Contestant, best: bool) -> str:
    finished = contestant.finished
    spent = finished.history[-1]
    sure = f"Held-out networks still {contestant.curve()[-1][1]:.0%} sure. " if contestant.held_out() else ""
    crown = ' <span class="q-tag q-holds">★ best</span>' if best else ""
    return (
        f'<div class="q-card"><h2>{escape(contestant.title)}{crown}</h2><p>{escape(finished.sentence)}</p>'
        f'<img class="q-picture" src="{preview(finished.adversarial)}" alt="The picture by {escape(contestant.title)}">'
        f'<p class="q-soft">{sure}{spent.gradients} gradients in {spent.step} iterations, '
        f"{finished.seconds:.1f} s.</p></div>"
    )


def unknown(event: Unknown) -> str:
    return cards.card(
        "The jury does not recognise this picture",
        f"<p>Its best guess is “{escape(event.look.guess)}”. Say what the picture shows under <b>More</b> on "
        "the <b>Attack</b> tab, or choose another picture there.</p>",
        role="status",
    )
