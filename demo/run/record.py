"""A finished run as plain data: every number on the page and the settings that made it."""

from __future__ import annotations

import hashlib
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any

from demo import __version__
from demo.run.events import Finished, Progress
from demo.run.plan import Plan

LIBRARIES = ("torch", "torchvision", "timm", "pillow")
"""What a run's bytes depend on, besides this project."""


def record(plan: Plan, finished: Finished) -> dict[str, Any]:
    """What the JSON download holds; probabilities and shares are fractions of 1.

    input: SHA-256 of the picture's pixels on the canvas, as they were attacked. python: what makes the same file again,
    for the same picture on the same versions and kind of processor.
    """
    settings = {name: value for name, value in plan.settings.items() if name != "picture"}
    return {
        "version": __version__,
        "versions": versions(),
        "input": hashlib.sha256(plan.original.tobytes()).hexdigest(),
        "python": snippet(plan, finished),
        "settings": {
            **_plain(settings),
            "label": finished.label,
            "target": finished.target,
            "units": "epsilon and step_size in levels of 255",
        },
        "verdict": finished.sentence,
        "control": asdict(finished.control),
        "distances": _plain(finished.distances),
        "jurors": [asdict(finding) for finding in finished.findings],
        "iterations": [_iteration(frame) for frame in finished.history],
        "seconds": finished.seconds,
        "early": finished.early,
        "notes": list(finished.history[-1].notes),
    }


def versions() -> dict[str, str]:
    """Of Python and of the libraries that a run's bytes depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def snippet(plan: Plan, finished: Finished) -> str:
    """Python that makes the same file again; PICTURE stands for the visitor's file."""
    asked = {**plan.settings, "label": finished.label, "target": finished.target}
    given = "".join(f"    {name}={_plain(value)!r},\n" for name, value in asked.items())
    return (
        "from demo.run.request import Request\nfrom demo.run.session import run\n\n"
        f'request = Request(\n    "PICTURE",\n{given})\n*_, finished = run(request.plan())\n'
        'open("adversarial.png", "wb").write(finished.png)\n'
    )


def _iteration(frame: Progress) -> dict[str, Any]:
    return {
        "step": frame.step,
        "weights": dict(frame.weights),
        "confidence": dict(frame.confidence),
        "answers": {name: list(answer) for name, answer in frame.answers.items()},
        "gradients": frame.gradients,
        "queries": frame.forwards,
        "details": _plain(frame.details),
    }


def _plain(value: Any) -> Any:
    """Objects and lists as JSON has them; it knows no infinity: null stands for it."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
