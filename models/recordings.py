"""Recordings: what a network does with its pictures, done again without Python between one operation and the next.

Python's part is small beside a large picture, and up to a third of the time of a small one; and where networks stand
side by side, only one of them can be in Python at a time.

`torch.jit.trace` makes the same, but keeps whatever it makes as long as the process lives, and the network's weights
with it. So the two halves of it are taken here by themselves; their names are private, and torch's version is fixed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn.modules import module

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
HELD = ("_modules", "_parameters", "_buffers")

Play = Callable[..., Tensor]
"""From pictures and the network's weights to logits."""


@dataclass(frozen=True, eq=False)
class _Recording:
    """play: the operations. weights: what they are done with. like: no pictures of the kind that they are for. parts,
    hooks, places, held: all modules but the network itself, their hooks, where they hold something, and what they held.
    """

    play: Play
    weights: tuple[Tensor, ...]
    like: Tensor
    parts: tuple[nn.Module, ...]
    hooks: tuple[dict[Any, Any], ...]
    places: tuple[dict[str, Any], ...]
    held: tuple[Any, ...]

    def __call__(self, given: Tensor) -> Tensor:
        with torch.jit.optimized_execution(False):  # the operations as they are, and slopes as autograd knows them
            return self.play(given, *self.weights)

    def holds(self, network: nn.Module, given: Tensor) -> bool:
        """Whether the network would do with these pictures what was recorded, and nobody wants to look on."""
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


_recordings: WeakKeyDictionary[nn.Module, _Recording] = WeakKeyDictionary()


def answer(network: nn.Module, given: Tensor) -> Tensor:
    """What the network answers to pictures `(N,3,H,W)`: by its recording, where it has one that holds.

    It does not where the network has changed since, has hooks, is in training mode, learns, is compiled or under
    autocast, nor for pictures of another size, type or device. A copy of a network has none.
    """
    kept = _recordings.get(network)
    logits: Tensor = kept(given) if kept is not None and kept.holds(network, given) else network(given)
    return logits


@torch.no_grad()
def record(network: nn.Module, pictures: Tensor) -> None:
    """Records what a network that learns no more does with such pictures, any number of them, on a processor.

    It must not take another way for other pictures. Nothing is recorded where what is made of a few is not what the
    network makes of more.
    """
    if pictures.device.type != "cpu":  # a GPU has its own graphs
        return
    weights, more = (*network.parameters(), *network.buffers()), torch.cat([pictures, pictures])
    wanted = network(more)
    for play in _played(network, pictures, weights):
        parts = tuple(network.modules())
        hooks = [getattr(part, name) for part in parts for name in HOOKS]
        places = [place for part in parts for name in HELD if (place := getattr(part, name))]
        made = _Recording(
            play, weights, pictures[:0].clone(), parts[1:], tuple(hooks), tuple(places), tuple(_within(places))
        )
        if _same(made, more, wanted):
            _recordings[network] = made
            return


def _played(network: nn.Module, pictures: Tensor, weights: tuple[Tensor, ...]) -> Iterator[Play]:
    """The operations, first without and then with where each stands in the source: megabytes of text, but where a
    number of theirs does not survive being printed, there is no other copy."""

    def unnamed(_: Tensor) -> str:
        return ""

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # whether anything is taken for fixed shows afterwards
        graph, _ = torch._C._create_graph_by_tracing(
            lambda given, *_: network(given), (pictures, *weights), unnamed, True, False
        )
    printed = str(graph)
    if "<Tensor>" not in printed:  # one that is no weight
        yield torch._C._create_function_from_graph("play", torch._C.parse_ir(printed, True))
    yield torch._C._create_function_from_graph("play", graph)


def _same(made: _Recording, pictures: Tensor, wanted: Tensor) -> bool:
    try:
        return torch.equal(made(pictures), wanted)
    except RuntimeError:  # it holds a number of pictures for fixed
        return False


def _within(places: Iterable[dict[str, Any]]) -> Iterable[Any]:
    return chain.from_iterable(map(dict.values, places))


def _kind(pictures: Tensor) -> tuple[object, ...]:
    return pictures.shape[1:], pictures.dtype, pictures.device.type, type(pictures)
