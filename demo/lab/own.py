"""Pictures of a visitor's own for a table: what networks agree that they show is their label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

import models
from demo.lab.job import Arrays
from demo.lab.table import Table
from demo.run.before import agreed
from demo.run.picture import read, to_tensor
from demo.run.views.own import LONGEST, MOST
from models.packs import PACKS


def labelled(
    table: Table, pack: str, files: Sequence[tuple[str, str | Path | bytes]], left_out: list[str]
) -> Iterator[int | Arrays]:
    """How many have been looked at, and at last all that count, as `demo.lab.data.pictures` has them.

    files: each with its name. left_out: takes a sentence for each that does not count.

    Raises:
        ValueError: none of them counts, and why.
    """
    row, names = PACKS[pack], table.rightly(pack) or PACKS[pack].starters().surrogates
    titles, held = tuple(row.vocabulary().values()), list[np.ndarray]()
    labels: list[int] = []
    if len(files) > MOST:
        left_out.append(f"{len(files)} pictures are more than {MOST}: the first {MOST} were taken.")
    for place, (name, source) in enumerate(files[:MOST]):
        yield place
        called = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
        try:
            picture = read(source, row.side, "crop")
        except ValueError as problem:
            left_out.append(f"{called}: {problem}")
            continue
        with torch.no_grad():
            chances = torch.stack([models.load(one)(to_tensor(picture, "cpu"))[0].softmax(-1) for one in names])
        index, sure = agreed(chances, row.sure)
        if not sure:
            left_out.append(f"{called}: the networks do not agree what it shows, most likely {titles[index]}.")
            continue
        held.append(np.ascontiguousarray(picture.transpose(2, 0, 1)))
        labels.append(index)
    if not held:
        raise ValueError(" ".join(["No picture counts.", *left_out] if files else ["Choose pictures first."]))
    away = torch.randint(1, len(titles), (len(labels),), generator=torch.Generator().manual_seed(0)).numpy()
    yield {
        "pictures": np.stack(held),
        "labels": np.array(labels),
        "targets": (np.array(labels) + away) % len(titles),
    }
