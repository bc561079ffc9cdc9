"""The verdict: one sentence, what was added to the picture, and what each network says before and after."""

from __future__ import annotations

from html import escape

from demo.pages import cards
from demo.pages.answers import answer, name
from demo.run.events import Finished
from demo.run.picture import amplified
from demo.run.verdict import GROUPS, Finding, Opinion, uncounted

TAGS = {
    "fooled": "✕ fooled",
    "holds": "✓ holds",
    "abstains": "○ abstains",
    "wrong": "– wrong before",
    "undecided": "– abstained before",
}
_TARGETED_TAGS = {"fooled": "✕ says it", "holds": "✓ resists", "abstains": "○ abstains", "wrong": "– said it before"}


def verdict(finished: Finished, gradients: int, device: str) -> str:
    """The verdict in one sentence, and what it cost."""
    goal = f"made to say “{finished.target}”" if finished.target else f"argued away from “{finished.label}”"
    small = (
        f"The picture was {goal} in {finished.history[-1].step} iterations, {finished.seconds:.1f} s and "
        f"{gradients} gradients on {device}. Judged on the very bytes that you can download."
    )
    aside = uncounted(finished.findings, finished.target is not None)
    body = "".join(f'<p class="q-soft">{escape(words)}</p>' for words in (small, aside) if words)
    return cards.card(finished.sentence, body, role="status")


def difference(finished: Finished) -> str:
    """The perturbation made visible, with what was measured on the file."""
    pixels, factor = amplified(finished.adversarial, finished.original)
    far = finished.distances
    measured = f"Largest change {far['linf']:.0f}/255 · L2 {far['l2']:.2f} · PSNR {far['psnr']:.1f} dB"
    return (
        f'<figure class="q-figure">{cards.image(pixels, "The difference, amplified")}'
        f"<figcaption>What was added, {factor:.0f} times stronger. {escape(measured)}.</figcaption></figure>"
    )


def table(finished: Finished) -> str:
    """What each network says, before and after, in three groups; rows open to the full top five."""
    tags = _TARGETED_TAGS if finished.target else TAGS
    parts = ['<div class="q-rowhead"><span>network</span><span>before</span><span>after</span><span></span></div>']
    for group, title in GROUPS.items():
        members = [finding for finding in finished.findings if finding.juror.group == group]
        if members:
            parts.append(f'<div class="q-group">{escape(title)}</div>')
            parts += [_row(finding, tags) for finding in members]
    if not any(finding.juror.group == "held-out" for finding in finished.findings):
        parts.append('<p class="q-soft">Nobody is held out.</p>')
    return f'<div class="q-card"><h3>What each network says (open a row for its top five)</h3>{"".join(parts)}</div>'


def _row(finding: Finding, tags: dict[str, str]) -> str:
    juror = finding.juror
    tag = tags[finding.status]
    note = ""
    if juror.random and finding.status in ("fooled", "holds"):
        share = finding.share if finding.status == "fooled" else 1 - finding.share
        tag += f" in {round(share * finding.after.draws)} of {finding.after.draws} looks"
        note = (
            f'<p class="q-soft q-note">It answers by lot. Fooled in {finding.share:.0%} of {finding.after.draws} looks '
            f"(95 % interval {finding.low:.0%} to {finding.high:.0%}).</p>"
        )
    return (
        f'<details class="q-row"><summary>{name(juror)}'
        f"{answer(finding.before, juror.color, 'before')}{answer(finding.after, juror.color, 'after')}"
        f'<span class="q-tag q-{finding.status}">{tag}</span></summary>'
        f'<div class="q-fives">{_five(finding.before, "Before")}{_five(finding.after, "After")}{note}</div></details>'
    )


def _five(opinion: Opinion, when: str) -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{chance:.1%}</td></tr>" for name, chance in opinion.top)
    return f"<table><caption>{when}</caption>{rows}</table>"
