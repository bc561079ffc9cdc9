"""The tables that were computed for real, kept beside the code: what page and documentation show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from demo import __version__
from demo.lab.outcome import Outcome, as_data, from_data
from demo.lab.tables import TABLES

FOLDER = Path(__file__).parent / "results"
LIBRARIES = ("torch", "torchvision", "timm")


@dataclass(frozen=True)
class Kept:
    """One table as it was computed. command: without the data's path. date: ISO. device: the processor's name."""

    outcome: Outcome
    command: str
    date: str
    device: str
    version: str
    versions: Mapping[str, str]


def save(outcome: Outcome, command: str, device: str) -> Path:
    """Keeps it; gives the file's path."""
    told: dict[str, Any] = {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "device": device,
        "version": __version__,
        "versions": {library: metadata.version(library) for library in LIBRARIES},
        "outcome": as_data(outcome),
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{outcome.table}-{outcome.pack}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@cache
def load(table: str, pack: str) -> Kept:
    """FileNotFoundError where it was never computed."""
    told = json.loads((FOLDER / f"{table}-{pack}.json").read_text(encoding="utf-8"))
    return Kept(**{**told, "outcome": from_data(told["outcome"])})


def known() -> dict[str, list[str]]:
    """Table -> the packs on which it was computed, in the order of the papers."""
    found = {
        name: [pack for pack in table.packs if (FOLDER / f"{name}-{pack}.json").exists()]
        for name, table in TABLES.items()
    }
    return {name: packs for name, packs in found.items() if packs}
