"""Which way is up: gradient signs as pictures, and the angles between them."""

from __future__ import annotations

from html import escape

from demo.pages.replay import sharp
from demo.pages.views.parts import how, named, picture
from demo.run.kept import Kept
from demo.run.views.ways import Ways


def ways(seen: Ways, kept: Kept) -> str:
    """Gradient signs, where they agree, and what each rule makes of them."""
    signs = "".join(picture(sharp(pixels), named(juror), juror.title) for juror, pixels in seen.signs)
    shares = (
        f"All agree on {seen.shares['all']:.0%} of the colour values, most on {seen.shares['most']:.0%}, fewer on "
        f"{seen.shares['few']:.0%}."
    )
    rules = "".join(
        picture(sharp(pixels), f"<b>{escape(name)}</b> {escape(words)}", name) for name, words, pixels in seen.rules
    )
    agreement = picture(sharp(seen.agreement), f"<b>Agreement</b> {shares} White: all.", "Where they agree")
    return (
        f"<h3>What each attacked network would have brighter or darker, at iteration {seen.step}</h3>"
        f'<div class="q-pictures">{signs}{agreement}</div>'
        f'<h3>What a vote makes of it</h3><div class="q-pictures">{rules}</div>'
        f"<h3>How alike their gradients are</h3>{_cosines(seen)}"
        + how(
            "One gradient of every attacked network’s cross-entropy at this picture. Bright: brightening that colour "
            "value harms the network; dark: darkening does; grey: neither. 1 is the same way, 0 a right angle, -1 the "
            "opposite."
        )
    )


def _cosines(seen: Ways) -> str:
    heads = "".join(f'<th scope="col">{escape(juror.title)}</th>' for juror, _ in seen.signs)
    rows = "".join(
        f'<tr><th scope="row">{named(juror)}</th>{"".join(f"<td>{_cosine(value)}</td>" for value in row)}</tr>'
        for (juror, _), row in zip(seen.signs, seen.cosines, strict=True)
    )
    return f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{rows}</table></div>'


def _cosine(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # no minus before a zero
