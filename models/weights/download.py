"""The hub's own client, asked briefly first, so that a hub out of reach costs seconds and says why in a clause.

Settings: `HF_ENDPOINT` and `HF_HUB_CACHE` are read at each use; the client itself reads `HF_HUB_OFFLINE` and
`HF_HUB_DOWNLOAD_TIMEOUT` once. A download that stalls is resumed five times, each after that time-out of 10 seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILE = "model.safetensors"
PATIENCE = 3.0  # seconds that the hub has to answer the first question
MEMORY = 30.0  # seconds for which a silent hub is not asked again
OnBytes = Callable[[str, int, int], None]
"""Told what is being loaded, the bytes that are here, and the bytes in all; what it raises stops the download."""

_silent: dict[str, tuple[float, str]] = {}


class Unreachable(Exception):
    """Why the hub did not give a file, as a clause to be completed by what to do about it."""


def cached(repository: str) -> Path | None:
    """The file of that repository in the hub's cache, or None; nobody is asked."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, FILE, cache_dir=os.environ.get("HF_HUB_CACHE"))
    return Path(found) if isinstance(found, str) else None


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def ask(repository: str) -> None:
    """One short question to the hub; raises Unreachable, at once where it has been silent a moment ago."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    since, reason = _silent.get(_endpoint(), (-MEMORY, ""))
    if time.monotonic() - since < MEMORY:
        raise Unreachable(reason)
    url = hf_hub_url(repository, FILE, endpoint=_endpoint())
    try:
        get_hf_file_metadata(url, timeout=PATIENCE, endpoint=_endpoint())
    except _failures() as problem:
        reason = _reason(problem)
        if not _answered(problem):
            _silent[_endpoint()] = (time.monotonic(), reason)
        raise Unreachable(reason) from problem


def download(repository: str, title: str, progress: OnBytes | None) -> Path:
    """The hub's own client: it resumes what was cut off, checks the size, and files the result away only when whole."""
    from huggingface_hub import hf_hub_download

    ask(repository)
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
        raise Unreachable(_reason(problem)) from problem
    return Path(path)


def _bar(title: str, progress: OnBytes | None) -> Any:
    """A progress bar, as the hub's client wants one, that only passes its counts on."""
    from huggingface_hub.utils import tqdm

    class Bar(tqdm):
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **(settings | {"disable": True}))  # type: ignore[no-untyped-call]
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
