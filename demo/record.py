"""A finished run as plain data: every number on the page and the settings that made it."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from demo.events import Finished, Progress
from demo.request import Request


def record(request: Request, finished: Finished) -> dict[str, Any]:
    """What the JSON download holds; probabilities and shares are fractions of 1."""
    return {
        "settings": {
            "surrogates": list(request.surrogates),
            "attack": request.attack,
            "epsilon": request.epsilon,
            "iterations": request.iterations,
            "step_size": request.step_size,
            "seed": request.seed,
            "framing": request.framing,
            "knobs": dict(request.knobs),
            "label": finished.label,
            "target": finished.target,
            "pack": request.pack,
            "side": request.canvas,
            "held_out": request.onlookers,
            "guards": {name: dict(parameters) for name, parameters in request.guards.items()},
            "guarded": request.guarded,
            "draws": request.draws,
            "known_guard": request.known_guard,
            "device": request.device,
            "units": "epsilon and step_size in levels of 255",
        },
        "verdict": finished.sentence,
        "distances": _finite(dict(finished.distances)),
        "jurors": [asdict(finding) for finding in finished.findings],
        "iterations": [_iteration(frame) for frame in finished.history],
        "seconds": finished.seconds,
    }


def _iteration(frame: Progress) -> dict[str, Any]:
    return {
        "step": frame.step,
        "weights": dict(frame.weights),
        "confidence": dict(frame.confidence),
        "gradients": frame.cost,
        "queries": frame.queries,
        "details": _finite(dict(frame.details)),
    }


def _finite(value: Any) -> Any:
    """JSON knows no infinity: null stands for it."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
