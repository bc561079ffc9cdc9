"""Weights that are not in this project: the hub's cache, the hub itself, or a local folder, in this order.

The folder is named by `QUORUM_WEIGHTS` and holds `<timm name>/model.safetensors` or `<timm name>.safetensors`.
Nobody is asked, and the hub's client is not even imported, before a network of such a pack is wanted.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from models.weights.download import FILE, OnBytes, Unreachable, ask, cached, download
from models.weights.errors import WeightsError


def at_hand(repository: str) -> Path | None:
    """The file of that repository (`timm/<name>`) if it is on this machine: in the hub's cache or the local folder."""
    return cached(repository) or _local(repository)


def find(repository: str, title: str, progress: OnBytes | None = None) -> Path:
    """A sound weights file of that repository, downloaded if need be; WeightsError with one sentence otherwise."""
    here = cached(repository)
    if here:
        return verified(here)
    try:
        return verified(download(repository, title, progress))
    except Unreachable as problem:
        local = _local(repository)
        if local:
            return local
        name = repository.split("/")[-1]
        raise WeightsError(
            f"{title} is not on this machine, and {problem}. Use the built-in pack, or put {name}/{FILE} into a folder "
            "and name that folder in QUORUM_WEIGHTS."
        ) from problem


def trouble(repository: str) -> str:
    """Why the hub cannot give that repository's file now, as a sentence; empty if it can. Takes seconds at most."""
    try:
        ask(repository)
    except Unreachable as problem:
        sentence = str(problem)
        return f"{sentence[0].upper()}{sentence[1:]}."
    return ""


def verified(path: Path) -> Path:
    """The same path, if its content is what the hub says; a damaged file is removed and refused.

    The hub's cache names a file by the SHA-256 of its content; other files have no known sum and pass.
    """
    content = path.resolve()
    if re.fullmatch(r"[0-9a-f]{64}", content.name):
        with content.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == content.name:
                return path
        content.unlink()
        path.unlink(missing_ok=True)
        raise WeightsError(f"The weights file {path} was damaged and has been removed: try again to download it.")
    return path


def _local(repository: str) -> Path | None:
    folder, name = os.environ.get("QUORUM_WEIGHTS"), repository.split("/")[-1]
    places = (Path(folder) / name / FILE, Path(folder) / f"{name}.safetensors") if folder else ()
    return next((place for place in places if place.is_file()), None)
