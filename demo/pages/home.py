"""One folder on the disk for everything that the page writes: examples, uploads, files on their way to a visitor.

It is named after the process. What a process left that was killed is cleared when the next one starts, and what has
grown old is swept while one runs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

OLDEST = 3000.0
"""Seconds that an upload or a result is kept: with the pause between two sweeps it is gone within the hour."""
PAUSE = 300.0
UPLOADS = "GRADIO_TEMP_DIR"
"""Where Gradio reads the folder for its uploads."""


@contextmanager
def home(root: Path | None = None) -> Iterator[Path]:
    """This process's folder, gone with it; Gradio's uploads and all temporary files go there too."""
    root = root or Path(tempfile.gettempdir()) / "quorum"
    clear(root)
    own = root / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    for name in ("uploads", "examples", "on-the-way"):
        (own / name).mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    uploads, before = os.environ.get(UPLOADS), tempfile.tempdir
    # Apart: what lies among Gradio's own files is not copied when it is handed out, and is then gone with its folder.
    os.environ[UPLOADS], tempfile.tempdir = str(own / "uploads"), str(own / "on-the-way")
    stop = threading.Event()
    swept = [own / "uploads", own / "on-the-way"]
    threading.Thread(target=_sweep_on, args=(swept, stop), daemon=True).start()
    try:
        yield own
    finally:
        stop.set()
        tempfile.tempdir = before
        os.environ.pop(UPLOADS) if uploads is None else os.environ.update({UPLOADS: uploads})
        shutil.rmtree(own, ignore_errors=True)


def clear(root: Path) -> None:
    """Removes the folders of processes that are gone."""
    for folder in root.glob("*"):
        if folder.name.isdigit() and not _alive(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, but there
        return True
    return True


def sweep(folder: Path, oldest: float = OLDEST) -> None:
    """Removes files that nobody has touched for so many seconds, and the folders that they leave empty."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what lies deepest comes first
        with suppress(OSError):  # another sweep was quicker, or a file has just come into the folder
            if time.time() - path.lstat().st_mtime > oldest:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def _sweep_on(folders: Sequence[Path], stop: threading.Event) -> None:
    while not stop.wait(PAUSE):
        for folder in folders:
            sweep(folder)
