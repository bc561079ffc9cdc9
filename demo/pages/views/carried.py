"""What carries it: pictures with a part of the change, and who falls to them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.pages.replay import preview
from demo.pages.tiles import TAGS, TARGETED_TAGS, said
from demo.pages.views.parts import how, named, picture
from demo.run.kept import Kept
from demo.run.views.carried import WAYS, Carried


def carried(parts: Sequence[Carried], kept: Kept) -> str:
    """Pictures with a part of the change, and who still falls to each."""
    return "".join(_parts(way, [part for part in parts if part.way == way], kept) for way in WAYS) + how(
        "The original with only that part of the change, in 8 bits, shown to whoever was asked before the attack. "
        "Pixels that changed alike are taken by lot; waves are those of each colour’s Fourier transform."
    )


def _parts(way: str, parts: Sequence[Carried], kept: Kept) -> str:
    tags = TARGETED_TAGS if kept.prepared.target else TAGS
    pictures = "".join(
        picture(preview(part.picture), f"<b>{part.share:.0%}</b>", f"{part.share:.0%}") for part in parts
    )
    heads = "".join(f'<th scope="col">{part.share:.0%}</th>' for part in parts)
    rows = ""
    for place, (juror, *_) in enumerate(parts[0].said if parts else ()):
        cells = ""
        for part in parts:
            _, answer, chance, mark = part.said[place]
            sign = tags[mark].partition(" ")[0]
            cells += f'<td class="q-{mark}" title="{escape(tags[mark])}">{sign} {said(answer, chance)}</td>'
        rows += f'<tr><th scope="row">{named(juror)}</th>{cells}</tr>'
    table = f'<div class="q-scroll"><table class="q-table"><tr><th></th>{heads}</tr>{rows}</table></div>'
    return f'<h3>Only {escape(WAYS[way])}</h3><div class="q-pictures">{pictures}</div>{table}'
