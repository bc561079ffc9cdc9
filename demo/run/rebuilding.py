"""A run built anew from its file: whatever can be computed again is, and what does not hold together is said."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from demo.run import verdict, written
from demo.run.decoding import upright
from demo.run.events import Control, Finished, Look, Prepared, Progress
from demo.run.kept import Kept
from demo.run.picture import Pixels, distances
from demo.run.request import Request
from demo.run.saved import Saved
from demo.run.setting import settings
from demo.run.verdict import Finding, Juror, Opinion
from models.packs import PACKS

LARGEST = max(side for pack in PACKS.values() for side in pack.sides)
"""The longest side of any pack's canvas, in pixels."""
MOST_PREVIEWS = 25
PREVIEW = "data:image/webp;base64,"


def rebuilt(run: written.Run, document: Mapping[str, Any]) -> Saved:
    """The run. document: the file as it was read, to be given out again.

    Raises:
        ValueError: what does not hold together, as the end of a sentence.
    """
    _check(run)
    targeted, goal = run.settings.target is not None, run.settings.target or run.settings.label
    png = _bytes(run.pictures.adversarial)
    original, adversarial = _pixels(_bytes(run.pictures.original), "PNG"), _pixels(png, "PNG")
    if hashlib.sha256(original.tobytes()).hexdigest() != run.input or original.shape != adversarial.shape:
        raise ValueError("its pictures are not those of its numbers")
    far = distances(adversarial, original)
    if far["linf"] > run.settings.epsilon + 1e-6:
        raise ValueError("its pictures are further apart than its strength allows")
    findings = tuple(_finding(one, goal, targeted) for one in run.jurors)
    before = {one.juror.name: one.before for one in findings if one.juror.name in run.replay.look.before}
    asked = run.replay.look
    guesses = tuple((name, chance) for name, chance in asked.guesses)
    jurors = tuple(one.juror for one in findings)
    look = Look(original, jurors, before, asked.guess, asked.sure, guesses, asked.classes, asked.device)
    finished = Finished(
        original=original,
        adversarial=adversarial,
        png=png,
        findings=findings,
        sentence=verdict.sentence(findings, targeted),
        control=Control(run.control.fooled, run.control.asked),
        distances=far,
        label=run.settings.label,
        target=run.settings.target,
        history=_history(run, [*_way(run, original), adversarial]),
        seconds=run.seconds,
        early=run.early,
    )
    previews = tuple(run.pictures.previews)
    return Saved(Prepared(look, run.settings.label, run.settings.target), finished, previews, document)


def kept(run: Saved, device: str) -> Kept:
    """The run with the plan that it was made by, on this machine, to be looked into.

    Only the last iteration is in it: all earlier pictures are previews, which no network should be asked about.

    Raises:
        ValueError: a sentence: what it asks for is not to be had here.
    """
    asked, finished = run.document["settings"], run.finished
    known = {name: asked[name] for name in settings(Request) if name in asked}
    plan = replace(Request(finished.original, **known, device=device).plan(), original=finished.original)
    return Kept(plan, run.prepared, replace(finished, history=finished.history[-1:]))


def _check(run: written.Run) -> None:
    """Whether every part speaks of the same jurors and iterations."""
    names = [one.juror.name for one in run.jurors]
    surrogates = {one.juror.name for one in run.jurors if one.juror.group == "surrogate"}
    first, before = run.iterations[0], set(run.replay.look.before)
    together = (
        len(set(names)) == len(names)
        and surrogates
        and before <= set(names)
        and surrogates <= set(first.confidence) <= set(names)
        and set(first.weights) <= surrogates
    )
    for place, frame in enumerate(run.iterations):
        together = (
            together
            and frame.step == place <= run.replay.steps
            and frame.confidence.keys() == first.confidence.keys()
            and frame.weights.keys() == first.weights.keys()
            and set(frame.answers) <= before
        )
    shown = run.pictures.previews
    if not together or len(run.replay.seconds) != len(run.iterations) or len(shown) != len(run.iterations) - 1:
        raise ValueError("its jurors and iterations do not fit each other")
    if sum(one is not None for one in shown) > MOST_PREVIEWS or (shown and shown[0] is None):
        raise ValueError("it has too many pictures of the way, or none of its beginning")


def _finding(one: written.Finding, goal: str, targeted: bool) -> Finding:
    return verdict.finding(Juror(**dict(one.juror)), _opinion(one.before), _opinion(one.after), goal, targeted)


def _opinion(one: written.Opinion) -> Opinion:
    return Opinion(**{**dict(one), "top": tuple(one.top)})


def _way(run: written.Run, original: Pixels) -> list[Pixels]:
    """A picture for every iteration but the last: previews, each until the next."""
    way: list[Pixels] = []
    for preview in run.pictures.previews:
        if preview is None:
            way.append(way[-1])
            continue
        if not preview.startswith(PREVIEW):
            raise ValueError("a picture of the way is not one of ours")
        way.append(_pixels(_bytes(preview.removeprefix(PREVIEW)), "WEBP"))
        if way[-1].shape != original.shape:
            raise ValueError("a picture of the way has another size")
    return way


def _history(run: written.Run, way: list[Pixels]) -> tuple[Progress, ...]:
    return tuple(
        Progress(
            step=frame.step,
            steps=run.replay.steps,
            picture=picture,
            weights=frame.weights,
            confidence=frame.confidence,
            answers=frame.answers,
            gradients=frame.gradients,
            forwards=frame.queries,
            seconds=seconds,
            seconds_left=0.0,
            details={name: _finite_or_not(one) for name, one in frame.details.items()},
            notes=tuple(run.notes) if frame is run.iterations[-1] else (),
        )
        for frame, seconds, picture in zip(run.iterations, run.replay.seconds, way, strict=True)
    )


def _finite_or_not(detail: Any) -> Any:
    """JSON knows no infinity: null stands for it."""
    if isinstance(detail, dict):
        return {name: _finite_or_not(one) for name, one in detail.items()}
    if isinstance(detail, list):
        return [_finite_or_not(one) for one in detail]
    return math.inf if detail is None else detail


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a picture in it is not whole") from None


def _pixels(content: bytes, kind: str) -> Pixels:
    """A picture on a pack's canvas. Its size is looked at before anything is decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as picture:
            size, mode, frames = picture.size, picture.mode, getattr(picture, "n_frames", 1)
    except Exception:  # noqa: BLE001  # Pillow raises whatever a damaged file makes it stumble over
        raise ValueError("a picture in it cannot be read") from None
    if size[0] != size[1] or size[0] > LARGEST or mode != "RGB" or frames != 1:
        raise ValueError(f"a picture in it is no square of at most {LARGEST} pixels in 8-bit RGB")
    try:
        return np.array(upright(content, LARGEST), dtype=np.uint8)
    except ValueError:
        raise ValueError("a picture in it cannot be read") from None
