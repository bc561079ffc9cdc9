"""Weights that are not in this project: the hub's cache, the hub itself, or a local folder, in this order.

Nothing here is imported or asked before a network of such a pack is wanted, and an unreachable hub costs seconds.
Settings, read at each use: `HF_ENDPOINT`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE` (the hub's own), `QUORUM_WEIGHTS` (a folder
that holds `<timm name>/model.safetensors` or `<timm name>.safetensors`).
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILE = "model.safetensors"
PATIENCE = 3.0  # seconds that the hub has to answer the first question
MEMORY = 30.0  # seconds for which a silent hub is not asked again
Progress = Callable[[str, int, int], None]
"""Told what is being loaded, the bytes that are here, and the bytes in all; what it raises stops the download."""

_silent: dict[str, tuple[float, str]] = {}


class WeightsError(RuntimeError):
    """A weights file is missing, damaged or out of reach; the message names it and the cure."""


class _Unreachable(Exception):
    """Why the hub did not give a file, as a clause to be completed by what to do about it."""


def at_hand(repository: str) -> Path | None:
    """The file of that repository (`timm/<name>`) if it is on this machine: in the hub's cache or the local folder."""
    return _cached(repository) or _local(repository)


def find(repository: str, title: str, progress: Progress | None = None) -> Path:
    """A sound weights file of that repository, downloaded if need be; WeightsError with one sentence otherwise."""
    cached = _cached(repository)
    if cached:
        return verified(cached)
    try:
        return verified(_download(repository, title, progress))
    except _Unreachable as problem:
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
        _ask(repository)
    except _Unreachable as problem:
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


def _cached(repository: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, FILE, cache_dir=os.environ.get("HF_HUB_CACHE"))
    return Path(found) if isinstance(found, str) else None


def _local(repository: str) -> Path | None:
    folder, name = os.environ.get("QUORUM_WEIGHTS"), repository.split("/")[-1]
    places = (Path(folder) / name / FILE, Path(folder) / f"{name}.safetensors") if folder else ()
    return next((place for place in places if place.is_file()), None)


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _ask(repository: str) -> None:
    """One short question to the hub; raises _Unreachable, at once where it has been silent a moment ago."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    since, reason = _silent.get(_endpoint(), (-MEMORY, ""))
    if time.monotonic() - since < MEMORY:
        raise _Unreachable(reason)
    url = hf_hub_url(repository, FILE, endpoint=_endpoint())
    try:
        get_hf_file_metadata(url, timeout=PATIENCE, endpoint=_endpoint())
    except _failures() as problem:
        reason = _reason(problem)
        if not _answered(problem):
            _silent[_endpoint()] = (time.monotonic(), reason)
        raise _Unreachable(reason) from problem


def _download(repository: str, title: str, progress: Progress | None) -> Path:
    """The hub's own client: it resumes what was cut off, checks the size, and files the result away only when whole."""
    from huggingface_hub import hf_hub_download

    _ask(repository)
    try:
        path = hf_hub_download(
            repository,
            FILE,
            cache_dir=os.environ.get("HF_HUB_CACHE"),
            endpoint=_endpoint(),
            etag_timeout=PATIENCE,
            tqdm_class=_bar(title, progress),
        )
    except _failures() as problem:
        raise _Unreachable(_reason(problem)) from problem
    return Path(path)


def _bar(title: str, progress: Progress | None) -> Any:
    """A progress bar, as the hub's client wants one, that only passes its counts on."""
    from huggingface_hub.utils import tqdm

    class Bar(tqdm):
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **(settings | {"disable": True}))
            self.here, self.whole = int(settings.get("initial") or 0), int(settings.get("total") or 0)

        def update(self, n: float | None = 1) -> None:
            self.here += int(n or 0)
            if progress:
                progress(title, self.here, self.whole)

    return Bar


def _failures() -> tuple[type[Exception], ...]:
    from huggingface_hub.errors import HfHubHTTPError

    # The client's HTTP library has changed its name before: its base error is taken from where the client has it.
    return (OSError, next(base for base in HfHubHTTPError.__mro__ if base.__name__ == "HTTPError"))


def _answered(problem: Exception) -> bool:
    return getattr(problem, "response", None) is not None


def _reason(problem: Exception) -> str:
    """A clause that a visitor understands."""
    host = _endpoint().split("//")[-1]
    if _answered(problem):
        status = problem.response.status_code  # type: ignore[attr-defined]
        return f"the hub at {host} {'does not have it' if status == 404 else 'is out of order'} (HTTP status {status})"
    if type(problem).__name__ == "OfflineModeIsEnabled":
        return "downloads are switched off (HF_HUB_OFFLINE)"
    if isinstance(problem, OSError) and problem.errno:
        return f"the download cannot be kept ({problem.strerror})"
    if "Timeout" in type(problem).__name__:
        return f"the hub at {host} takes too long to answer"
    if "Consistency check" in str(problem) or "RemoteProtocol" in type(problem).__name__:
        return f"the connection to the hub at {host} broke off"
    return f"the hub at {host} cannot be reached"
