"""Recordings: what a network does with its pictures, done again without Python between one operation and the next.

Python's part is small beside a large picture, and up to a third of the time of a small one; and where networks stand
side by side, only one of them can be in Python at a time. A recording takes a tenth of a second or two, so it is made
of who is attacked: at the third look whose slope is wanted, or before, by whoever has the time (`record`).

`torch.jit.trace` makes the same, but keeps whatever it makes as long as the process lives, and the network's weights
with it. So the two halves of it are taken here by themselves; their names are private, and torch's version is fixed.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn.modules import module

from models.pointwise import Pointwise
from models.rehearsals import rehearse

LOOKS = 3
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
HELD = ("_modules", "_parameters", "_buffers")
END = object()
ROUNDING = 1e-5
"""Of the largest logit."""

SIMPLER = (
    torch._C._jit_pass_constant_propagation,
    torch._C._jit_pass_constant_pooling,  # type: ignore[attr-defined]
    torch._C._jit_pass_dce,
)
"""What leaves less to be kept: a recording names the same numbers again and again."""

Play = Callable[..., Tensor]
"""From pictures and the network's weights to logits."""


@dataclass(eq=False)
class _Recorded:
    """A network as it was when it was prepared, and what it does, once that is recorded.

    weights: what it does it with. like: no pictures of the kind that it looks at. parts, hooks, places, held: all
    modules but itself, their hooks, where they hold something, and what they held. apart: whether it goes another way
    for several pictures than for one. plays, looks: what was recorded of each way, and what counts the looks.
    rehearsed: numbers of pictures (`models.rehearsals`).
    """

    weights: tuple[Tensor, ...]
    like: Tensor
    parts: tuple[nn.Module, ...]
    hooks: tuple[dict[Any, Any], ...]
    places: tuple[dict[str, Any], ...]
    held: tuple[Any, ...]
    apart: bool
    plays: dict[bool, Play | None] = field(default_factory=dict)
    looks: tuple[Iterator[int], ...] = field(default_factory=lambda: (itertools.count(1), itertools.count(1)))
    rehearsed: set[int] = field(default_factory=set)

    def way(self, given: Tensor) -> bool:
        """Which of the two it goes with these: whether that for several."""
        return self.apart and len(given) > 1

    def holds(self, network: nn.Module, given: Tensor) -> bool:
        """Whether the network would do with these pictures what it did then, and nobody wants to look on."""
        return _kind(given) == _kind(self.like) and not (
            torch.compiler.is_compiling()
            or torch.jit.is_tracing()
            or torch.is_autocast_enabled("cpu")
            or module._has_any_global_hook()
            or any(self.hooks)
            or network.training
            or any(part.training for part in self.parts)
            or any(weight.requires_grad for weight in self.weights)
            or not all(map(is_, _within(self.places), self.held))
        )


_recorded: WeakKeyDictionary[nn.Module, _Recorded] = WeakKeyDictionary()


def expect(network: nn.Module, pictures: Tensor) -> None:
    """Has a network that learns no more recorded when it has been attacked a few times, with pictures of this kind.

    It must not take another way for other pictures.
    """
    if pictures.device.type != "cpu":  # a GPU has its own graphs
        return
    parts = tuple(network.modules())
    hooks = tuple(getattr(part, name) for part in parts for name in HOOKS)
    places = tuple(place for part in parts for name in HELD if (place := getattr(part, name)))
    weights = (*network.parameters(), *network.buffers())
    held, apart = tuple(_within(places)), any(isinstance(part, Pointwise) for part in parts)
    _recorded[network] = _Recorded(weights, pictures[:0].clone(), parts[1:], hooks, places, held, apart)


def record(network: nn.Module, pictures: Tensor) -> None:
    """Records now, on such pictures, what is to be recorded in time; not what is there, or has changed since."""
    known = _recorded.get(network)
    if known is not None and known.way(pictures) not in known.plays and known.holds(network, pictures):
        rehearse(network, pictures, known.rehearsed)
        known.plays[known.way(pictures)] = _recording(network, known.weights, pictures)


def answer(network: nn.Module, given: Tensor) -> Tensor:
    """What the network answers to pictures `(N,3,H,W)`: by its recording, where it has one that holds.

    It does not where the network has changed since, has hooks, is in training mode, learns, is compiled or under
    autocast, nor for pictures of another size, type or device. A copy of a network has none.
    """
    known = _recorded.get(network)
    if known is not None and known.holds(network, given):
        if given.requires_grad:
            rehearse(network, given, known.rehearsed)
        way = known.way(given)
        if way not in known.plays and given.requires_grad and next(known.looks[way]) == LOOKS:
            known.plays[way] = _recording(network, known.weights, given)
        if (play := known.plays.get(way)) is not None:
            return _played(play, given, known.weights)
    logits: Tensor = network(given)
    return logits


def _played(play: Play, given: Tensor, weights: Iterable[Tensor]) -> Tensor:
    with torch.jit.optimized_execution(False):  # the operations as they are, and slopes as autograd knows them
        return play(given, *weights)


@torch.inference_mode(False)
@torch.no_grad()
def _recording(network: nn.Module, weights: tuple[Tensor, ...], given: Tensor) -> Play | None:
    """None where it cannot be recorded, or more pictures would not be answered alike."""
    if torch._C._functorch.peek_interpreter_stack() is not None:  # what is given is no picture, but stands for some
        return None
    some = given[:2].detach().clone()
    twice = torch.cat([some, some])
    answered = network(twice)
    for play in _made(network, some, weights):
        try:
            found = _played(play, twice, weights)
        except RuntimeError:  # it takes the number of pictures for fixed
            continue
        # Of more pictures convolutions may round otherwise.
        if bool((found - answered).abs().max() <= ROUNDING * answered.abs().max()):
            return play
    return None


def _made(network: nn.Module, pictures: Tensor, weights: tuple[Tensor, ...]) -> Iterator[Play]:
    """The operations, first without and then with where each stands in the source: megabytes of text, but where a
    number of theirs does not survive being printed, there is no other copy."""

    def unnamed(_: Tensor) -> str:
        return ""

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", torch.jit.TracerWarning)  # what is wrongly taken for fixed shows afterwards
            graph, _ = torch._C._create_graph_by_tracing(
                lambda given, *_: network(given), (pictures, *weights), unnamed, True, False
            )
        for simpler in SIMPLER:
            simpler(graph)
    except RuntimeError:  # it does what cannot be recorded
        return
    if "<Tensor>" not in (printed := str(graph)):  # one that is no weight, whose numbers are not printed
        with suppress(RuntimeError):  # or are, but cannot be read
            yield _function(torch._C.parse_ir(printed, True))
    yield _function(graph)


def _function(graph: torch.Graph) -> Play:
    torch._C._jit_pass_erase_shape_information(graph)  # it is for any number of pictures
    play: Play = torch._C._create_function_from_graph("play", graph)
    return play


def _within(places: Iterable[dict[str, Any]]) -> Iterable[Any]:
    """What they hold, and an end, so that one more or less is seen as well."""
    return chain(chain.from_iterable(map(dict.values, places)), (END,))


def _kind(pictures: Tensor) -> tuple[object, ...]:
    return pictures.shape[1:], pictures.dtype, pictures.device.type, type(pictures)
