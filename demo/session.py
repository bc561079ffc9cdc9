"""One run, from picture to verdict, as a stream of plain events. Knows no page."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from demo import jury, verdict
from demo.attacks import Frame, iterate
from demo.attacks.recipes import Recipe
from demo.events import Event, Finished, Prepared, Progress
from demo.picture import Pixels, decode, distances, encode, read, to_pixels, to_tensor, within
from demo.request import Request, check
from demo.verdict import Juror
from models import Classifier
from models.catalog import vocabulary

SURE = 0.2
"""Mean confidence of the surrogates from which on we believe that they know what they see."""

Jury = Sequence[tuple[Juror, Classifier]]


def run(request: Request) -> Generator[Event, None, None]:
    """Loading while networks are fetched, Prepared, one Progress an iteration and one for the end, then Finished.

    The request is checked at the call; ValueError is a sentence for the visitor. Closing the iterator stops the
    work within one iteration.
    """
    recipe, knobs = check(request)
    original = read(request.picture, request.canvas, request.framing)
    return _events(request, recipe, knobs, original)


def first_look(request: Request) -> Prepared:
    """What everybody says of the picture, and nothing is attacked. ValueError as from `run`."""
    check(request)
    original = read(request.picture, request.canvas, request.framing)
    return _prepare(request, jury.summon(request), list(vocabulary(request.pack).values()), original)


def _events(request: Request, recipe: Recipe, knobs: dict[str, Any], original: Pixels) -> Generator[Event, None, None]:
    began = time.perf_counter()
    labels = list(vocabulary(request.pack).values())
    jurors = yield from jury.arriving(request)
    prepared = _prepare(request, jurors, labels, original)
    yield prepared
    if prepared.label is None:
        return
    goal = request.target or prepared.label
    history: list[Progress] = []
    frames = _attack(request, recipe, knobs, _attacked(request, jurors), original, labels.index(goal))
    steps = recipe.steps or int(request.iterations)
    finished_picture = original
    for frame in frames:
        finished_picture = to_pixels(frame.adversarial)
        progress = _progress(frame, steps, jurors, labels.index(goal), began)
        history.append(progress)
        yield progress
    png = encode(within(finished_picture, original, request.epsilon))
    yield _judge(request, prepared, jurors, png, goal, labels.index(goal), tuple(history), began)


def _attacked(request: Request, jurors: Jury) -> list[Classifier]:
    """The surrogates as the attacker has them, their lots drawn from the request's seed."""
    return [jury.attackable(c, request.seed) for j, c in jurors if j.group == "surrogate"]


def _prepare(request: Request, jurors: Jury, labels: list[str], original: Pixels) -> Prepared:
    picture = to_tensor(original, request.device)
    with torch.no_grad():
        chances = torch.stack([surrogate(picture)[0].softmax(-1) for surrogate in _attacked(request, jurors)])
    guess = int(chances.mean(0).argmax())
    votes = int((chances.argmax(-1) == guess).sum())
    sure = votes * 2 > len(chances) and float(chances[:, guess].mean()) >= SURE
    # Who has a target need not know what the picture shows.
    label = request.label or (labels[guess] if sure or request.target else None)
    if request.target is not None and request.target == label:
        raise ValueError(f"The jury already sees {label}: choose another target.")
    goal = labels.index(request.target or label or labels[guess])
    before = {j.name: verdict.opinion(c, picture, goal, request.draws, request.seed) for j, c in jurors}
    return Prepared(
        original=original,
        jurors=tuple(j for j, _ in jurors),
        before=before,
        guess=labels[guess],
        sure=sure,
        label=label,
        target=request.target,
        device=_device_name(request.device),
    )


def _attack(
    request: Request, recipe: Recipe, knobs: dict[str, Any], surrogates: list[Classifier], original: Pixels, goal: int
) -> Iterator[Frame]:
    picture = to_tensor(original, request.device)
    return iterate(
        recipe.name,
        surrogates,
        picture,
        torch.tensor([goal], device=picture.device),
        epsilon=request.epsilon / 255,
        steps=int(request.iterations),
        step_size=None if request.step_size is None else request.step_size / 255,
        targeted=request.target is not None,
        seed=int(request.seed),
        **knobs,
    )


def _progress(frame: Frame, steps: int, jurors: Jury, goal: int, began: float) -> Progress:
    seen = [j.name for j, _ in jurors if j.group == "surrogate"]
    confidence = dict(zip(seen, frame.confidence[:, 0].tolist(), strict=True))
    confidence |= _onlookers(frame.adversarial, jurors, goal)
    weights = {} if frame.weights is None else dict(zip(seen, frame.weights[:, 0].tolist(), strict=True))
    seconds = time.perf_counter() - began
    return Progress(
        step=frame.step,
        steps=steps,
        picture=to_pixels(frame.adversarial),
        weights=weights,
        confidence=confidence,
        cost=frame.cost,
        queries=frame.queries,
        seconds=seconds,
        seconds_left=seconds / (frame.step + 1) * (steps - frame.step),
        details=_plain(frame.details),
    )


def _onlookers(picture: Tensor, jurors: Jury, goal: int) -> dict[str, float]:
    """Confidence of the networks that only look on; guarded ones answer at the end, on the finished file."""
    with torch.no_grad():
        return {
            j.name: float(c(picture)[0].softmax(-1)[goal])
            for j, c in jurors
            if j.group != "surrogate" and j.name == j.network  # guards and juries wait for the file
        }


def _judge(
    request: Request,
    prepared: Prepared,
    jurors: Jury,
    png: bytes,
    goal: str,
    index: int,
    history: tuple[Progress, ...],
    began: float,
) -> Finished:
    """The file is decoded again and only what came out of it is shown to anybody."""
    adversarial = decode(png)
    picture = to_tensor(adversarial, request.device)
    targeted = prepared.target is not None
    after = {j.name: verdict.opinion(c, picture, index, request.draws, request.seed + 1) for j, c in jurors}
    findings = tuple(verdict.finding(j, prepared.before[j.name], after[j.name], goal, targeted) for j, _ in jurors)
    return Finished(
        original=prepared.original,
        adversarial=adversarial,
        png=png,
        findings=findings,
        sentence=verdict.sentence(findings, targeted),
        distances=distances(adversarial, prepared.original),
        label=str(prepared.label),
        target=prepared.target,
        history=history,
        seconds=time.perf_counter() - began,
    )


def _plain(value: Any) -> Any:
    """Events carry plain data: no tensor leaves the run."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value.tolist() if isinstance(value, Tensor) else value


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"
