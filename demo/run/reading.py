"""From the file of a run, or a report that holds one, back to the run; or a sentence, whatever the file holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from demo import __version__
from demo.attacks.recipes import RECIPES
from demo.run.decoding import MOST_BYTES
from demo.run.rebuilding import rebuilt
from demo.run.saved import Saved
from demo.run.written import Run

BLOCK = '<script type="application/json" id="quorum-run">'
"""Where a report keeps its run; in it `<` is written as JSON may write it, so that nothing ends it early."""
MOST_PARTS = 10**6
"""Brackets and commas: a run of a hundred iterations has some ten thousand, and each costs memory when it is read."""
FOREIGN = "This is no run of Quorum: choose a file that “Run (JSON)” or “Report (HTML)” gave you."
DAMAGED = "This file is damaged: {}. Save the run again where it was made."


def read(content: bytes) -> Saved:
    """The run that a file holds.

    Raises:
        ValueError: a sentence: it is no run of ours, of another version, damaged, or beyond a limit.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"This file has more than {MOST_BYTES >> 20} MB: a run's file is much smaller.")
    document = _document(_json(content))
    _check_version(document)
    try:
        written = Run.model_validate_json(json.dumps(document, allow_nan=False))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise ValueError(DAMAGED.format(f"{place}: {first['msg'][:160]}")) from None
    except ValueError:  # a number such as 1e999
        raise ValueError(DAMAGED.format("it holds a number without end")) from None
    if written.settings.attack not in RECIPES:
        raise ValueError(f"The attack “{written.settings.attack[:40]}” of this run is not known here.")
    try:
        return rebuilt(written, document)
    except ValueError as problem:
        raise ValueError(DAMAGED.format(problem)) from None


def embedded(run: Saved) -> str:
    """The run as a report keeps it."""
    return BLOCK + json.dumps(run.document, allow_nan=False).replace("<", "\\u003c") + "</script>"


def _json(content: bytes) -> bytes:
    """The JSON in a file that is one, or a report."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start != b"<":
        return content.removeprefix(b"\xef\xbb\xbf")
    _, found, rest = content.partition(BLOCK.encode())
    inside, ended, _ = rest.partition(b"</script>")
    if not found and b"Quorum" not in content[:4000]:
        raise ValueError(FOREIGN)
    if not found or not ended:
        raise ValueError(DAMAGED.format("the report breaks off before its run is whole"))
    return inside


def _document(text: bytes) -> dict[str, Any]:
    if sum(text.count(part) for part in (b",", b"[", b"{")) > MOST_PARTS:
        raise ValueError("This file holds far more than a run does.")
    try:
        document = from_json(text, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        if text.lstrip()[:1] == b"{" and b'"versions"' in text[:1000]:
            raise ValueError(DAMAGED.format("it breaks off, or is not JSON any more")) from None
        raise ValueError(FOREIGN) from None
    if not isinstance(document, dict) or not {"version", "settings", "jurors", "iterations"} <= set(document):
        raise ValueError(FOREIGN)
    return document


def _check_version(document: Mapping[str, Any]) -> None:
    """Files of the same version, or of an earlier one with all that a replay needs."""
    version = document["version"]
    if not isinstance(version, str) or not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", version):
        raise ValueError(FOREIGN)
    if _parts(version) > _parts(__version__):
        raise ValueError(
            f"This run was made by Quorum {version}, and this is {__version__}: open it with the newer one."
        )
    if "pictures" not in document or "replay" not in document:
        raise ValueError(
            f"This run was made by Quorum {version} without its pictures, so that it cannot be replayed. Its “python” "
            "says how to make it again."
        )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
