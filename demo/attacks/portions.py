"""A batch in portions that fit (`at_once`): the same pictures, draws and frames as in one.

Every draw serves a whole batch (`Task.start`, transforms, the order of an inner loop), and a portion draws the same
with the same seed; so nothing tells which pictures it was among. Surrogates with randomness of their own go on drawing
from portion to portion, as they do from batch to batch; others are asked about several portions at once, one a thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor

from demo.attacks import driver
from demo.attacks.abreast import abreast, by_itself, pays, sharers
from demo.attacks.at_once import at_once
from demo.attacks.attack import Attack, Frame
from demo.attacks.surrogates import Surrogate, can_be_beside
from demo.attacks.task import Task

T = TypeVar("T")


@torch.inference_mode(False)
def finish(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Tensor:
    """The finished pictures."""
    threads = _threads(surrogates, task)
    begun = [partial(driver.walk, attack, surrogates, one) for one in portions(surrogates, task, threads)]
    found: list[Tensor] = []
    for first in range(0, len(begun), threads):
        walks = [begin() for begin in begun[first : first + threads]]
        (last,) = deque(_in_step(walks, threads, surrogates, task), maxlen=1)  # keeps no other
        found += last
    return torch.cat(found)


@torch.inference_mode(False)
def run(attack: Attack, surrogates: Sequence[Surrogate], task: Task) -> Iterator[Frame]:
    """The run's frames."""
    threads = _threads(surrogates, task)
    runs = [driver.run(attack, surrogates, one) for one in portions(surrogates, task, threads)]
    for frames in _in_step(runs, threads, surrogates, task):
        yield frames[0] if len(frames) == 1 else _together(frames)


def portions(surrogates: Sequence[Surrogate], task: Task, threads: int = 1) -> list[Task]:
    """The task, cut so that the graphs of so many parts as there are threads fit; as even as it goes."""
    fit = at_once(surrogates, task.images).pictures // threads
    count = min(-(-len(task.images) // (fit * threads)) * threads, len(task.images))
    if count == 1:
        return [task]

    def own(value: float | Tensor, place: int) -> float | Tensor:
        return value.tensor_split(count)[place] if isinstance(value, Tensor) else value

    pictures = zip(task.images.tensor_split(count), task.labels.tensor_split(count), strict=True)
    return [
        replace(task, images=images, labels=labels, epsilon=own(task.epsilon, k), step_size=own(task.step_size, k))
        for k, (images, labels) in enumerate(pictures)
    ]


def _threads(surrogates: Sequence[Surrogate], task: Task) -> int:
    """How many portions are worked on at once."""
    threads = sharers(task.images)
    fits = at_once(surrogates, task.images).pictures >= threads
    return threads if fits and len(surrogates) and can_be_beside(surrogates) else 1


def _in_step(
    runs: Sequence[Iterator[T]], threads: int, surrogates: Sequence[Surrogate], task: Task
) -> Iterator[Sequence[T]]:
    """What each gives next, until they end; whoever leaves off in between ends them all within one iteration."""
    beside = threads == 1 and can_be_beside(surrogates) and pays(surrogates, task.images)

    def step() -> list[T | None]:
        if threads > 1:
            return abreast(runs, lambda place: next(runs[place], None))
        with by_itself() if beside else nullcontext():
            return [next(one, None) for one in runs]

    while given := [one for one in step() if one is not None]:
        yield given


def _together(frames: Sequence[Frame]) -> Frame:
    """One frame of all portions. A pass of all of them is one of the batch, so it cost what the longest cost."""
    longest = max(frames, key=lambda frame: frame.cost + frame.queries)
    beside = {name: _beside([getattr(frame, name) for frame in frames]) for name in BY_PICTURE}
    return replace(
        longest,
        **beside,
        adversarial=torch.cat([frame.adversarial for frame in frames]),
        logits=torch.cat([frame.logits for frame in frames], 1),
        cost=max(frame.cost for frame in frames),
        queries=max(frame.queries for frame in frames),
        details=_details([longest.details, *(frame.details for frame in frames)]),
        notes=tuple(dict.fromkeys(note for frame in frames for note in frame.notes)),
    )


BY_PICTURE = ("losses", "confidence", "fooled", "weights")


def _beside(values: Sequence[Any]) -> Any:
    return torch.cat(list(values), -1) if isinstance(values[0], Tensor) else values[0]


def _details(given: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Tensors beside each other, their last axis being the pictures; of all else the first's, which went furthest."""
    first, *others = given
    return {
        key: _details([value, *(one[key] for one in others)])
        if isinstance(value, Mapping)
        else _beside([one[key] for one in others])
        if isinstance(value, Tensor)
        else value
        for key, value in first.items()
    }
