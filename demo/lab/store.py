"""Where results are kept: one file a job, under its key, written at once or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from demo.lab.job import Arrays

BROKEN = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


class Store:
    """A folder of results. damaged: keys of files that were found damaged and thrown away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[str] = []
        self._sound: set[str] = set()

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.npz"

    def holds(self, key: str) -> bool:
        """Whether the result is there and whole; a damaged file is thrown away, so that it is computed anew."""
        if key not in self._sound and self.path(key).exists():
            try:
                read(self.path(key))
                self._sound.add(key)
            except BROKEN:
                self.damaged.append(key)
                self.path(key).unlink(missing_ok=True)
        return key in self._sound

    def get(self, key: str) -> Arrays:
        """The result of that key; KeyError where there is none."""
        if not self.holds(key):
            raise KeyError(key)
        return read(self.path(key))

    def put(self, key: str, arrays: Arrays) -> None:
        """Keeps a result; whoever is killed meanwhile leaves no half of it."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        self._sound.add(key)


def read(path: Path) -> Arrays:
    """The arrays of a result's file, every byte checked against its checksum; never unpickles."""
    with np.load(path, allow_pickle=False) as held:
        return {name: held[name] for name in held.files}
