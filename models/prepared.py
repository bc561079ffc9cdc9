"""Networks made ready for speed: the same function of the pixels, in fewer and faster steps."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_weights
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from models.pointwise import Pointwise, sooner
from models.recordings import expect
from models.stems import Unshuffled, better

Network = TypeVar("Network", bound=nn.Module)
SIMPLER = ("fuse", "reparameterize", "switch_to_deploy")
"""By these names timm's blocks know how to become simpler ones."""
WHOLE = (nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.SiLU, nn.Mish)
"""Activations whose slope is told by what went in. In place they first make a copy of that, wherever one is wanted."""
FAULT = 0.01
"""Of the largest logit: rounding stays far below it, and a fault far above."""


@torch.inference_mode(False)  # what is made within it could not be attacked
@torch.no_grad()
def prepare(network: Network, pictures: Tensor, *, copied: bool = True) -> Network:
    """A copy of the network that gives the same logits and the same gradient at the pixels, sooner.

    A BatchNorm right behind a convolution becomes part of it, RepVGG's and other blocks of timm take the form that
    their authors made for inference, convolutions have their channels last in memory. On a processor, large 1 × 1 ones
    go to oneDNN (`models.pointwise`), and a first layer with a large kernel looks at more channels of fewer places
    (`models.stems`). ReLU6 and its like do not work in place. A `Classifier` runs it from a
    recording there (`models.recordings`). In exact arithmetic nothing else changes: in float64 the gradients agree to
    1e-13 of their length. In float32 each rounds in its own way, and where that brings a ReLU's input to the other
    side of 0, the gradient jumps by about a thousandth of its length. The plain network's own gradient does so as
    well: `python -m demo.benchmark overhead` measures both, and the gain.

    Args:
        network: one that learns no more: in eval mode, its parameters frozen. It is left as it was.
        pictures: what it takes, such as `torch.rand(1, 3, 224, 224)`, on its device. It runs on them once, to see what
            flows where; so it must not take another way for other pictures.
        copied: without it the network itself is changed, which takes less time and memory where it is nobody else's.

    Returns:
        A network of the same class. Where a BatchNorm was folded there is its activation or an `nn.Identity`, so that
        `state_dict` is another: load weights before, and train, prune or quantise the original.

    Raises:
        ValueError: for a network in training mode or with parameters that learn, and where the copy does not answer
            as the original does.
    """
    if any(part.training for part in network.modules()) or any(one.requires_grad for one in network.parameters()):
        raise ValueError("Only a network that learns no more can be prepared: call eval() and requires_grad_(False).")
    made = _simplified(copy.deepcopy(network) if copied else network)
    wanted, pairs, maps = _watched(made, pictures)
    left: dict[nn.Module, Any] = {}
    for convolution, norm in pairs:
        mean, variance, scale, shift = (
            None if held is None else held.double()  # so that the new weights are rounded once
            for held in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
        )
        assert mean is not None
        assert variance is not None
        convolution.weight, convolution.bias = fuse_conv_bn_weights(
            convolution.weight, convolution.bias, mean, variance, norm.eps, scale, shift
        )
        left[norm] = norm.act if hasattr(norm, "act") else nn.Identity()
    for convolution, places in maps.items():
        if better(convolution):
            left[convolution] = Unshuffled(convolution)
        elif sooner(convolution, places):
            left[convolution] = Pointwise(convolution, places)
    for part in list(made.modules()):
        if isinstance(part, WHOLE):
            part.inplace = False
        for name, child in part.named_children():
            setattr(part, name, left.get(child, child))
    made.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if not bool((made(pictures) - wanted).abs().max() <= FAULT * wanted.abs().max()):
        raise ValueError(f"{type(network).__name__} cannot be prepared: it would answer otherwise. Use it as it is.")
    expect(made, pictures)
    return made


def _simplified(network: Network) -> Network:
    """The network with timm's blocks in the form for inference; others' methods of those names mean something else."""
    able = [part for part in network.modules() if any(hasattr(part, name) for name in SIMPLER)]
    if not able or not all(type(part).__module__.startswith("timm.") for part in able):
        return network
    from models.libraries import timm

    dtype = next(network.parameters()).dtype
    simpler: Network = timm.utils.model.reparameterize_model(network.double(), inplace=True)
    return simpler.to(dtype)  # the new weights are rounded once, too


class _Uses(TorchDispatchMode):
    """Counts how often each tensor enters an operation, by its id."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.of: Counter[int] = Counter()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled in here, and asking the compiler to look away would import it

    def __torch_dispatch__(self, operation: Any, types: Any, arguments: Any = (), named: Any = None) -> Any:
        self.of.update(id(one) for one in tree_leaves((arguments, named)) if isinstance(one, Tensor))
        return operation(*arguments, **(named or {}))


def _watched(
    network: nn.Module, pictures: Tensor
) -> tuple[Tensor, list[tuple[nn.Conv2d, nn.BatchNorm2d]], dict[nn.Conv2d, int]]:
    """The logits, each convolution whose output went into one BatchNorm and nowhere else, with that BatchNorm, and how
    many places each convolution's map has."""
    uses = _Uses()
    outputs: dict[int, tuple[nn.Conv2d, Tensor]] = {}  # kept, so that no later tensor gets the id of one of these
    pairs: list[tuple[int, nn.Conv2d, nn.BatchNorm2d]] = []
    runs: Counter[nn.Module] = Counter()

    def convolved(part: nn.Conv2d, _: object, output: Tensor) -> None:
        uses.of[id(output)] = 0  # an earlier tensor, gone by now, may have had its id
        outputs[id(output)] = part, output
        runs[part] += 1

    def normed(part: nn.BatchNorm2d, given: tuple[Tensor, ...]) -> None:
        place = id(given[0])
        if place in outputs:
            pairs.append((place, outputs[place][0], part))
        runs[part] += 1

    convolutions, norms = _foldable(network)
    hooks = [part.register_forward_hook(convolved) for part in convolutions]
    hooks += [part.register_forward_pre_hook(normed) for part in norms]
    with uses:
        logits: Tensor = network(pictures)
    for hook in hooks:
        hook.remove()
    uses.of[id(logits)] += 1
    folding = [
        (convolution, norm)
        for place, convolution, norm in pairs
        if uses.of[place] == uses.of[id(convolution.weight)] == runs[convolution] == runs[norm] == 1
    ]
    return logits, folding, {part: output[0, 0].numel() for part, output in outputs.values()}


def _foldable(network: nn.Module) -> tuple[list[nn.Conv2d], list[nn.BatchNorm2d]]:
    """Layers of exactly these classes (a class made from them may use its weights in its own way) without hooks."""
    from models.libraries import Conv2dSame, timm

    bare = [part for part in network.modules() if not (part._forward_hooks or part._forward_pre_hooks)]
    convolutions = [part for part in bare if isinstance(part, nn.Conv2d) and type(part) in (nn.Conv2d, Conv2dSame)]
    norms = [part for part in bare if isinstance(part, nn.BatchNorm2d) and _plain(part, timm.layers.BatchNormAct2d)]
    return convolutions, norms


def _plain(norm: nn.BatchNorm2d, with_activation: type) -> bool:
    """Whether it has fixed statistics and does nothing but apply them, but for an activation afterwards."""
    known = type(norm) is nn.BatchNorm2d or (type(norm) is with_activation and isinstance(norm.drop, nn.Identity))
    return known and norm.running_mean is not None
