"""The field's dozen words, in plain ones: under the pointer where they stand, and as a list at the foot of the page."""

from __future__ import annotations

import re
from html import escape

TERMS = {
    "adversarial": (
        "Made to be misread: changed so little that you see no difference, and just so that a network does.",
        "Goodfellow et al. 2015",
    ),
    "surrogate": ("A network that the attacker may look into, standing for those that it may not.", "SVRE, Sec. 3.3"),
    "held-out": ("A network that the attack has never seen. What fools it too has travelled.", "SVRE, Sec. 4.2"),
    "defended": (
        "A network that was trained against attacks, or that sees the picture through a guard.",
        "SVRE, Sec. 2.2",
    ),
    "ensemble": ("Several networks that are attacked, or that answer, as one.", "MORA, Sec. 2.3"),
    "ε": ("The strength: no colour value, from 0 to 255, moves by more than this.", "MORA, Sec. 2.1"),
    "iteration": (
        "One small step of the attack; after each the networks are asked anew which way to go.",
        "SVRE, Sec. 2.1",
    ),
    "gradient": (
        "Which way each colour value must go to make a network less sure: one look back through the network.",
        "SVRE, Sec. 2.1",
    ),
    "weight": (
        "How much a network’s gradient counts in a step. EnsembleFool gives the most to who still believes.",
        "EnsembleFool, Eq. 8",
    ),
    "sign": ("Only whether a value should grow or shrink, not by how much: a vote.", "TREND, Sec. V-A"),
    "transfer": ("That what was made against one network fools another.", "TREND, Sec. III"),
    "cosine": ("How alike two directions are: 1 the same, 0 nothing in common, −1 opposite.", "MORA, Sec. 2.3"),
    "random noise": (
        "The control: the same strength without any aim. What it fools, the attack need not be praised for.",
        "",
    ),
    "abstains": (
        "Says nothing, because too few of its looks agreed: neither right nor fooled here, fooled in SEM’s own count.",
        "SEM, Eq. 6",
    ),
}
"""Word -> what it means, and where the papers define or use it."""
_WORDS = re.compile("|".join(rf"(?<!\w){re.escape(word)}s?(?!\w)" for word in TERMS), re.IGNORECASE)


def marked(words: str) -> str:
    """Plain text as HTML, the first of each of the field's words with its meaning under pointer and keyboard."""
    seen: set[str] = set()

    def tip(found: re.Match[str]) -> str:
        word = found.group()
        term = next(term for term in TERMS if word.lower().removesuffix("s") in (term, term.removesuffix("s")))
        if term in seen:
            return word
        seen.add(term)
        return explained(word, TERMS[term][0])

    return _WORDS.sub(tip, escape(words, quote=False))


def explained(word: str, meaning: str) -> str:
    """A word or number (HTML) with a plain reading under pointer and keyboard."""
    said = escape(meaning)
    return f'<span class="q-term" tabindex="0" data-tip="{said}" aria-description="{said}">{word}</span>'


def table() -> str:
    """All of them, with the papers' sections."""
    rows = "".join(
        f'<tr><th scope="row">{escape(word)}</th><td>{escape(meaning)}</td><td>{escape(source)}</td></tr>'
        for word, (meaning, source) in TERMS.items()
    )
    head = '<tr><th scope="col">word</th><th scope="col">what it means here</th><th scope="col">in the papers</th></tr>'
    return f'<div class="q-scroll"><table class="q-table q-words">{head}{rows}</table></div>'
