"""What a table is: a stanza of rows and columns, and how each cell is come by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.lab.job import Job
from demo.lab.scene import Scene

PAPERS = {
    "ensemblefool": "EnsembleFool (2021)",
    "svre": "SVRE (Xiong et al. 2022)",
    "sem": "SEM (Qin et al. 2021)",
    "mora": "MORA (Yu et al. 2022)",
    "trend": "TREND (Ravikumar et al. 2022)",
    "ours": "Ours",
}


@dataclass(frozen=True)
class Cell:
    """One place in a table.

    column: a head, or, where the table is of curves, a number. jobs: whose results `measure`, a row of `MEASURES`, is
    given, the pictures last; options: what else it is given. words: a row of `WORDS`, given the same and the pack,
    where a cell says something beside its number.
    """

    row: str
    column: str | float
    jobs: tuple[Job, ...]
    measure: str
    options: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Claim:
    """What a paper says, as a comparison of rows of this table, or of columns: `more` exceeds `less`.

    columns: those compared, averaged for each picture, or the rows, of a comparison of columns; all unless given.
    against: those of `less`, where they are others: more and less may then be one row. control: whether it says that
    something pays, with `less` being the same at equal settings without it.
    """

    sentence: str
    more: str | float
    less: str | float
    columns: tuple[str | float, ...] = ()
    control: bool = False
    against: tuple[str | float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One stanza.

    name: what is typed. paper: a row of PAPERS. place: where in it, such as "Table 2". title, sentence: what it shows
    and how it is read. packs: on which it makes sense. rightly: by pack, the networks that must name a picture rightly
    before, or () where all pictures count. cells: from the scene to the cells, row by row. heads: of rows and columns;
    axis: what the columns measure, where they are numbers and the table is of curves. share: whether cells are shares,
    printed in %; counts: columns that are not, printed as they are. up: whether more is better for the attacker.
    epsilon, steps: by pack where they differ from the usual. published: what the paper has for (row, column), or for a
    whole row where its columns are not ours, in the table's units; published_on: what these were measured on.
    claims: see `Claim`. here: by pack, a sentence on what
    came out otherwise, and why (`tables/here.py`).
    """

    name: str
    paper: str
    place: str
    title: str
    sentence: str
    cells: Callable[[Scene], Iterable[Cell]]
    packs: tuple[str, ...] = ("tiny", "imagenet")
    rightly: Callable[[str], Sequence[str]]
    heads: tuple[str, str] = ("attack", "network")
    axis: str = ""
    share: bool = True
    counts: Sequence[str] = ()
    up: bool = True
    pictures: int = 200
    epsilon: Mapping[str, float] = field(default_factory=dict)
    steps: int = 10
    published: Mapping[str | tuple[str, str | float], float] = field(default_factory=dict)
    published_on: str = ""
    claims: Callable[[str], Sequence[Claim]] | Sequence[Claim] = ()
    here: Mapping[str, str] = field(default_factory=dict)

    def claimed(self, pack: str) -> Sequence[Claim]:
        return self.claims(pack) if callable(self.claims) else self.claims
