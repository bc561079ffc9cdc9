"""How each view of *See why* is drawn: pictures with their names, tables, and how it was computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from demo.pages.views.carried import carried
from demo.pages.views.gaze import gaze
from demo.pages.views.knob import knob
from demo.pages.views.plane import plane
from demo.pages.views.transfer import transfer
from demo.pages.views.ways import ways

DRAWINGS: Mapping[str, Callable[..., Any]] = {
    "gaze": gaze,
    "ways": ways,
    "plane": plane,
    "knob": knob,
    "time": knob,
    "carried": carried,
    "transfer": transfer,
}
"""View -> from what it found, and the run, to HTML."""
