"""One run, from picture to verdict, as a stream of plain events. Knows no page."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from demo.attacks import Frame, iterate
from demo.run import budget, verdict
from demo.run.control import noise_of_the_same_size
from demo.run.events import Event, Finished, Look, Prepared, Progress, Unknown
from demo.run.jury import Jury, Member, arrived, arriving, attacked
from demo.run.picture import decode, distances, encode, to_pixels, to_tensor, within
from demo.run.plan import Plan

GUESSES = 3
"""How many of the surrogates' best guesses are offered."""


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


def prepare(plan: Plan, jury: Jury) -> Prepared | Unknown:
    """What the jury says before the attack, and what follows from it for the attack.

    Raises:
        ValueError: the jury sees the target already.
    """
    picture = to_tensor(plan.original, plan.device)
    with torch.no_grad():
        chances = torch.stack([surrogate(picture)[0].softmax(-1) for surrogate in attacked(jury, plan.seed)])
    index, sure = agreed(chances, plan.sure)
    guess = plan.labels[index]
    # Who has a target need not know what the picture shows.
    label = plan.label or (guess if sure or plan.target else None)
    if plan.target is not None and plan.target == label:
        raise ValueError(f"The jury already sees {label}: choose another target.")
    goal = plan.labels.index(plan.target or label or guess)
    before = {member.juror.name: _before(member, picture, goal, plan) for member in jury if not _patient(member)}
    jurors = tuple(member.juror for member in jury)
    likeliest = chances.mean(0).topk(min(GUESSES, len(plan.labels)))
    guesses = tuple((plan.labels[i], p) for p, i in zip(*(values.tolist() for values in likeliest), strict=True))
    look = Look(plan.original, jurors, before, guess, sure, guesses, len(plan.labels), _device_name(plan.device))
    return Unknown(look) if label is None else Prepared(look, label, plan.target)


def agreed(chances: Tensor, sure: float) -> tuple[int, bool]:
    """What networks with these probabilities `(M,C)` see, and whether most say so, at a mean of `sure` or more."""
    index = int(chances.mean(0).argmax())
    votes = int((chances.argmax(-1) == index).sum())
    return index, votes * 2 > len(chances) and float(chances[:, index].mean()) >= sure


def attack(plan: Plan, jury: Jury, prepared: Prepared, began: float) -> Iterator[Progress | Finished]:
    """The attack, frame by frame, and the verdict. began: when the run did, by `time.perf_counter`."""
    budget.check(plan, jury)
    goal = plan.labels.index(prepared.goal)
    history: list[Progress] = []
    for frame in frames(plan, jury, goal):
        history.append(_progress(frame, plan, jury, goal, began))
        yield history[-1]
        if budget.spent(began):
            break
    png = encode(within(history[-1].picture, plan.original, plan.epsilon))
    yield _judge(plan, jury, prepared, png, tuple(history), began)


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


def _progress(frame: Frame, plan: Plan, jury: Jury, goal: int, began: float) -> Progress:
    steps, seen = plan.steps, [member.juror.name for member in jury if member.juror.group == "surrogate"]
    chances = dict(zip(seen, frame.logits[:, 0].softmax(-1), strict=True)) | _watching(frame.adversarial, jury)
    confidence = {name: float(chance[goal]) for name, chance in chances.items()}
    confidence |= dict(zip(seen, frame.confidence[:, 0].tolist(), strict=True))
    weights = {} if frame.weights is None else dict(zip(seen, frame.weights[:, 0].tolist(), strict=True))
    seconds = time.perf_counter() - began
    return Progress(
        step=frame.step,
        steps=steps,
        picture=to_pixels(frame.adversarial),
        weights=weights,
        confidence=confidence,
        answers={name: (plan.labels[int(c.argmax())], float(c.max())) for name, c in chances.items()},
        gradients=frame.cost,
        forwards=frame.queries,
        seconds=seconds,
        seconds_left=seconds / (frame.step + 1) * (steps - frame.step),
        details=_plain(frame.details),
        notes=(*plan.notes, *frame.notes),
    )


@torch.no_grad()
def _watching(picture: Tensor, jury: Jury) -> dict[str, Tensor]:
    """Probabilities of the bare networks that only look on; guards and juries wait for the finished file."""
    return {
        member.juror.name: member.classifier(picture)[0].softmax(-1)
        for member in jury
        if member.juror.group != "surrogate" and member.entry.bare
    }


def _patient(member: Member) -> bool:
    """Whether it can wait for the end to be asked, both times: who answers at random takes many looks."""
    return member.juror.random and member.juror.group != "surrogate"


def _before(member: Member, original: Tensor, goal: int, plan: Plan) -> verdict.Opinion:
    return verdict.opinion(member.classifier, original, goal, plan.draws, plan.seed)


def _judge(
    plan: Plan, jury: Jury, prepared: Prepared, png: bytes, history: tuple[Progress, ...], began: float
) -> Finished:
    """The file is decoded again and only what came out of it is shown to anybody."""
    adversarial = decode(png)
    picture, original = to_tensor(adversarial, plan.device), to_tensor(plan.original, plan.device)
    goal, targeted = plan.labels.index(prepared.goal), prepared.target is not None
    findings = []
    for member in jury:
        before = prepared.look.before.get(member.juror.name) or _before(member, original, goal, plan)
        after = verdict.opinion(member.classifier, picture, goal, plan.draws, plan.seed + 1)
        findings.append(verdict.finding(member.juror, before, after, prepared.goal, targeted))
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


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"
