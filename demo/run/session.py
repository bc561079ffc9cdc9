"""One run, from picture to verdict, as a stream of plain events. Knows no page."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from demo.attacks import Frame, iterate
from demo.run import budget, verdict
from demo.run.before import judged, prepare, said_of_original
from demo.run.control import noise_of_the_same_size
from demo.run.events import Event, Finished, Look, Prepared, Progress
from demo.run.jury import Jury, arrived, arriving, attacked
from demo.run.onlookers import Onlookers, Said
from demo.run.picture import decode, distances, encode, to_pixels, to_tensor, within
from demo.run.plan import Plan


def run(plan: Plan) -> Generator[Event, None, None]:
    """Loading while networks are fetched, then Unknown and the end, or Prepared, a Progress for every frame, Finished.

    Closing the iterator stops the work within one iteration.
    """
    began = time.perf_counter()
    jury = yield from arriving(plan.roster, plan.device)
    prepared = prepare(plan, jury)
    yield prepared
    if isinstance(prepared, Prepared):
        yield from attack(plan, jury, prepared, began)


def first_look(plan: Plan) -> Look:
    """What everybody says of the picture, and nothing is attacked."""
    return prepare(plan, arrived(plan.roster, plan.device)).look


def attack(plan: Plan, jury: Jury, prepared: Prepared, began: float) -> Iterator[Progress | Finished]:
    """The attack, frame by frame, and the verdict. began: when the run did, by `time.perf_counter`."""
    budget.check(plan, jury)
    goal = plan.labels.index(prepared.goal)
    history: list[Progress] = []
    onlookers = Onlookers(jury, plan, goal, prepared.look.before)
    for frame in frames(plan, jury, goal):
        said = onlookers.look(frame.step, frame.adversarial)
        history.append(_progress(frame, plan, jury, goal, began, said))
        yield history[-1]
        if budget.spent(began):
            break
    whole = tuple(_heard(one, onlookers.all()[one.step]) for one in history)
    png = encode(within(whole[-1].picture, plan.original, plan.epsilon))
    yield _judge(plan, jury, prepared, png, whole, began)


def frames(plan: Plan, jury: Jury, goal: int) -> Iterator[Frame]:
    """The attack on the surrogates alone, as the module gives it. goal: the class under attack, or the target."""
    picture = to_tensor(plan.original, plan.device)
    return iterate(
        plan.attack,
        attacked(jury, plan.seed),
        picture,
        torch.tensor([goal], device=picture.device),
        epsilon=plan.epsilon / 255,
        steps=plan.iterations,
        step_size=None if plan.step_size is None else plan.step_size / 255,
        targeted=plan.target is not None,
        seed=plan.seed,
        **plan.knobs,
    )


def _progress(frame: Frame, plan: Plan, jury: Jury, goal: int, began: float, said: Said) -> Progress:
    steps, seen = plan.steps, [member.juror.name for member in jury if member.juror.group == "surrogate"]
    chances = dict(zip(seen, frame.logits[:, 0].softmax(-1), strict=True))
    confidence = dict(zip(seen, frame.confidence[:, 0].tolist(), strict=True))
    weights = {} if frame.weights is None else dict(zip(seen, frame.weights[:, 0].tolist(), strict=True))
    seconds = time.perf_counter() - began
    told = Progress(
        step=frame.step,
        steps=steps,
        picture=to_pixels(frame.adversarial),
        weights=weights,
        confidence=confidence,
        answers={name: (plan.labels[int(one.argmax())], float(one.max())) for name, one in chances.items()},
        gradients=frame.cost,
        forwards=frame.queries,
        seconds=seconds,
        seconds_left=seconds / (frame.step + 1) * (steps - frame.step),
        details=_plain(frame.details),
        notes=(*plan.notes, *frame.notes),
    )
    return _heard(told, said)


def _heard(told: Progress, said: Said) -> Progress:
    """The same with what the onlookers say."""
    beliefs = {name: one.belief for name, one in said.items()}
    answers = {name: (one.answer, one.chance) for name, one in said.items()}
    return replace(told, confidence={**told.confidence, **beliefs}, answers={**told.answers, **answers})


def _judge(
    plan: Plan, jury: Jury, prepared: Prepared, png: bytes, history: tuple[Progress, ...], began: float
) -> Finished:
    """The file is decoded again and only what came out of it is shown to anybody."""
    adversarial = decode(png)
    picture = to_tensor(adversarial, plan.device)
    goal, targeted = plan.labels.index(prepared.goal), prepared.target is not None
    late = [member for member in jury if member.juror.name not in prepared.look.before]
    said = {name: verdict.told(one, plan.labels, goal) for name, one in said_of_original(plan, late).items()}
    before = {**prepared.look.before, **said}
    after = [
        verdict.told(one, plan.labels, goal) for one in judged(plan, [(one, picture, plan.seed + 1) for one in jury])
    ]
    findings = [
        verdict.finding(member.juror, before[member.juror.name], opinion, prepared.goal, targeted)
        for member, opinion in zip(jury, after, strict=True)
    ]
    return Finished(
        original=plan.original,
        adversarial=adversarial,
        png=png,
        findings=tuple(findings),
        sentence=verdict.sentence(findings, targeted),
        control=noise_of_the_same_size(plan, jury, prepared),
        distances=distances(adversarial, plan.original),
        label=prepared.label,
        target=prepared.target,
        history=history,
        seconds=time.perf_counter() - began,
        early=history[-1].step < history[-1].steps and budget.spent(began),
    )


def _plain(value: Any) -> Any:
    """Events carry plain data: no tensor leaves the run."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value.tolist() if isinstance(value, Tensor) else value
