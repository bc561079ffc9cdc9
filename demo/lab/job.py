"""A job: one piece of a table's work, known by everything that determines what comes out of it."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from models.catalog import find

Arrays = dict[str, np.ndarray]
"""What a job gives: arrays by name."""
ROOT = Path(__file__).parents[2]
LIBRARIES = ("numpy", "timm", "torch", "torchvision")
KINDS = ("*.py", "*.toml")
NO_MATTER = ("models/catalog.", "models/measure/", "models/training/")
"""What they begin with changes no answer: a network is known by its weights' hash and by its stanza."""


@dataclass(frozen=True)
class Job:
    """One piece of work.

    work: a row of `works.WORK`. settings: plain JSON data. needs: jobs whose results it is given, in order. networks:
    the catalogue's names of all that it loads. rooms: folders and files, from the project's folder on, whose code its
    result depends on. cost: forward and backward passes times pixels; only the order and the clock follow it.
    """

    work: str
    settings: Mapping[str, Any]
    needs: tuple[Job, ...] = ()
    networks: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    cost: float = field(default=0.0, compare=False)

    @cached_property
    def key(self) -> str:
        """SHA-256 of what was done with what: two jobs of one key give the same, byte for byte."""
        told = {
            "work": self.work,
            "settings": self.settings,
            "needs": [job.key for job in self.needs],
            "networks": {name: identity(name) for name in sorted(set(self.networks))},
            "code": [stamp(room) for room in self.rooms],
            "versions": {library: metadata.version(library) for library in LIBRARIES},
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Job) and self.key == other.key


def identity(name: str) -> str:
    """What determines a network's answers: the hash of its weights, or where they come from, and how it is built."""
    card = find(name)
    return repr((card.sha256 or (card.hub, card.weights.name), card.blueprint, card.size, card.guard, card.pixels))


@cache
def stamp(room: str) -> str:
    """SHA-256 of a folder's or file's code, comments, docstrings and layout aside, which change no result."""
    place, seen = ROOT / room, hashlib.sha256()
    files = sorted(file for kind in KINDS for file in place.rglob(kind)) if place.is_dir() else [place]
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        if not name.startswith(NO_MATTER):
            text = file.read_text(encoding="utf-8")
            seen.update(f"{name}\n{_bare(text) if file.suffix == '.py' else text}\n".encode())
    return seen.hexdigest()


def _bare(code: str) -> str:
    tree = ast.parse(code)
    for part in ast.walk(tree):
        if isinstance(part, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(part) is not None:
            part.body = part.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def together(jobs: Sequence[Job]) -> list[Job]:
    """These and all that they need, each once, what is needed before those who need it."""
    found: dict[str, Job] = {}

    def visit(job: Job) -> None:
        if job.key not in found:
            for need in job.needs:
                visit(need)
            found[job.key] = job

    for job in jobs:
        visit(job)
    return list(found.values())


def names_in(seat: Any) -> Iterator[str]:
    """The catalogue's names within a seat (see `works.seated`)."""
    if isinstance(seat, str):
        yield seat
    else:
        for member in seat[2]:
            yield from names_in(member)
