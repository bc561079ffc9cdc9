"""Pictures of the visitor's own for *Who fools whom*: read, and named by what the networks agree upon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from demo.run.before import agreed
from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.picture import Pixels, read, to_tensor
from demo.run.views.transfer import Transfer, on, seats

MOST = 32
LONGEST = 40
"""Characters of a file's name that are repeated."""


@dataclass(frozen=True)
class Reading:
    """So many of the files have been looked at."""

    done: int
    of: int


def own(kept: Kept, jury: Jury, files: Sequence[tuple[str, str | Path | bytes]]) -> Iterator[Reading | Transfer]:
    """The matrix on these files. files: each with its name; what cannot be read or named is said, and left out.

    Raises:
        ValueError: none of them counts, and why.
    """
    pictures, labels, left_out = [], [], []
    if len(files) > MOST:
        left_out.append(f"{len(files)} pictures are more than {MOST}: the first {MOST} were taken.")
    for place, (name, source) in enumerate(files[:MOST]):
        yield Reading(place, min(len(files), MOST))
        called = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
        try:
            picture = read(source, len(kept.plan.original), kept.plan.settings.get("framing", "crop"))
            label = _named(kept, jury, picture)
        except ValueError as problem:
            left_out.append(f"{called}: {problem}")
            continue
        pictures.append(picture)
        labels.append(label)
    if not pictures:
        raise ValueError(" ".join(["No picture counts.", *left_out] if files else ["Choose pictures first."]))
    yield from on(kept, jury, pictures, labels, left_out)


@torch.no_grad()
def _named(kept: Kept, jury: Jury, picture: Pixels) -> str:
    """What a picture shows, by the rule of a run, applied to all that are attacked here."""
    sources, _ = seats(jury)
    pixels = to_tensor(picture, kept.plan.device)
    chances = torch.stack([member.classifier(pixels)[0].softmax(-1) for member in sources])
    index, sure = agreed(chances, kept.plan.sure)
    if not sure:
        raise ValueError(f"the networks do not agree what it shows, most likely {kept.plan.labels[index]}.")
    return kept.plan.labels[index]
