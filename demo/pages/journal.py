"""One line of JSON a run, for who looks after the server: no pictures, no paths, no addresses."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from demo.run.events import Elsewhere, Finished, Unknown
from demo.run.plan import Plan

LOG = logging.getLogger("quorum.runs")


def journaled(kind: str, plan: Plan, stream: Iterator[Any]) -> Iterator[Any]:
    """The stream; when it ends, however it ends, a line is written. kind: run, comparison, view or program."""
    began, outcome, device = time.perf_counter(), "left", plan.device
    try:
        for event in stream:
            match event:
                case Finished():
                    outcome = "early" if event.early else "finished"
                case Unknown():
                    outcome = "unknown"
                case Elsewhere():
                    device = event.device
            yield event
        if outcome == "left":  # a comparison or a view, which end without a verdict of their own
            outcome = "finished"
    except gr.Error:
        outcome = "refused"
        raise
    except Exception:
        outcome = "defect"
        raise
    finally:
        LOG.info(json.dumps(_line(kind, plan, outcome, device, time.perf_counter() - began)))


def _line(kind: str, plan: Plan, outcome: str, device: str, seconds: float) -> dict[str, Any]:
    return {
        "kind": kind,
        "outcome": outcome,
        "seconds": round(seconds, 3),
        "device": device,
        "attack": plan.attack,
        "pack": plan.settings["pack"],
        "surrogates": plan.surrogates,
        "steps": plan.steps,
        "epsilon": plan.epsilon,
    }
