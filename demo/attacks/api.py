"""craft() and iterate(): from a recipe's name and the reader's own arguments to a checked run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from demo.attacks.attack import Attack, Frame
from demo.attacks.driver import finish, run
from demo.attacks.knobs import number, settle
from demo.attacks.recipes import Recipe, recipe
from demo.attacks.surrogates import Surrogate
from demo.attacks.task import Task

MOST_STEPS = 10_000


def craft(
    name: str,
    surrogates: Sequence[Surrogate],
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float = 8 / 255,
    steps: int = 10,
    step_size: float | None = None,
    targeted: bool = False,
    seed: int = 0,
    **knobs: Any,
) -> Tensor:
    """Adversarial pictures, each within epsilon (L-infinity) of its original.

    What a picture becomes depends on no other picture of its batch. A surrogate that draws lots of its own, such as a
    random defence, draws them by itself: give it a fresh generator for each run where runs should be alike.

    Args:
        name: a row of `RECIPES`.
        surrogates: callables from pixels `(N,3,H,W)` in [0,1] to logits `(N,C)`; modules in eval mode.
        images: `(N,3,H,W)`, float32 or float64 in [0,1].
        labels: `(N,)` int64, the true class, or with `targeted` the wanted one.
        epsilon: L-infinity radius in pixel units of 1 (8/255, not 8).
        steps: iterations; FGSM has one whatever is said here.
        step_size: length of one step in pixel units of 1; None is the recipe's own. DeepFool, whose steps end at a
            border, has no use for one.
        targeted: whether `labels` are wanted rather than true.
        seed: of every random choice of the attack; equal seeds give equal pictures.
        **knobs: the recipe's own settings (`RECIPES[name].knobs`).

    Returns:
        `(N,3,H,W)` in [0,1], of the images' dtype and on their device.

    Raises:
        ValueError: anything out of range; the sentence names the value and the remedy.
    """
    attack, task = prepare(name, surrogates, images, labels, epsilon, steps, step_size, targeted, seed, knobs)
    return finish(attack, surrogates, task)


def iterate(
    name: str,
    surrogates: Sequence[Surrogate],
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float = 8 / 255,
    steps: int = 10,
    step_size: float | None = None,
    targeted: bool = False,
    seed: int = 0,
    **knobs: Any,
) -> Iterator[Frame]:
    """The same run as `craft`, frame by frame. Closing the iterator stops the work.

    A surrogate that draws lots of its own goes on drawing where a frame needs its answers and the attack did not
    (ni-fgsm, nes, spsa, any transforms): its run is then another than craft's.

    Args:
        name, surrogates, images, labels, epsilon, steps, step_size, targeted, seed, **knobs: as for `craft`.

    Returns:
        steps + 1 frames, the last with the finished pictures.

    Raises:
        ValueError: as `craft`, at the call; whether the surrogates know the labels shows at the first frame.
    """
    attack, task = prepare(name, surrogates, images, labels, epsilon, steps, step_size, targeted, seed, knobs)
    return run(attack, surrogates, task)


@torch.inference_mode(False)  # what is made within it could not be differentiated
def prepare(
    name: str,
    surrogates: Sequence[Surrogate],
    images: Tensor,
    labels: Tensor,
    epsilon: float,
    steps: int,
    step_size: float | None,
    targeted: bool,
    seed: int,
    knobs: dict[str, Any],
) -> tuple[Attack, Task]:
    """What craft's arguments describe, once all of them are checked."""
    chosen = recipe(name)
    attack = chosen.assemble(settle(chosen.title, chosen.knobs, knobs))
    _check_pictures(images, labels)
    _check_surrogates(chosen, surrogates, images)
    if not isinstance(targeted, bool):
        raise ValueError(f"targeted is {targeted!r}: use True or False.")
    if targeted and chosen.untargeted_because:
        raise ValueError(f"{chosen.title} has no targeted version: {chosen.untargeted_because} Use targeted=False.")
    epsilon = positive("epsilon", epsilon)
    wished = int(number("steps", steps, 1, MOST_STEPS, whole=True))
    steps = chosen.steps or wished
    step = chosen.default_step(epsilon, steps) if step_size is None else positive("step_size", step_size)
    seed = int(number("seed", seed, 0, 2**32 - 1, whole=True))
    # Copies, so that the run goes on unchanged whatever becomes of the caller's.
    return attack, Task(images.detach().clone(), labels.clone(), epsilon, steps, step, targeted, seed)


def positive(name: str, value: float) -> float:
    """A length in pixel units of 1, above 0 and up to 1; else a ValueError."""
    try:
        length = float(number(name, value, 0, 1))
    except ValueError:
        length = 0.0
    if length == 0:
        raise ValueError(f"{name} is {value!r}: use a number above 0 and up to 1 (8/255, not 8).")
    return length


def _check_pictures(images: Tensor, labels: Tensor) -> None:
    if not isinstance(images, Tensor) or images.ndim != 4 or not images.numel():
        raise ValueError(f"images must be a tensor (N, 3, H, W) with N at least 1, not {_shape(images)}.")
    if images.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"images are {images.dtype}: use float32 or float64 in [0, 1].")
    if not bool(torch.isfinite(images).all()) or images.min() < 0 or images.max() > 1:
        raise ValueError("images must be finite and within [0, 1]: divide 8-bit pictures by 255.")
    if not isinstance(labels, Tensor) or labels.shape != images.shape[:1]:
        raise ValueError(f"labels must be a tensor of shape ({len(images)},), not {_shape(labels)}.")
    if labels.dtype != torch.int64:
        raise ValueError(f"labels are {labels.dtype}: use int64 class numbers.")
    if labels.device != images.device:
        raise ValueError(f"images are on {images.device}, labels on {labels.device}: put them on one device.")
    if labels.min() < 0:
        raise ValueError(f"labels must be class numbers from 0 on; {int(labels.min())} was given.")


def _check_surrogates(chosen: Recipe, surrogates: Sequence[Surrogate], images: Tensor) -> None:
    if not isinstance(surrogates, Sequence | nn.ModuleList):
        raise ValueError("surrogates must be a list of callables: put a single one into a list.")
    if len(surrogates) < chosen.members:
        raise ValueError(
            f"{chosen.title} needs at least {chosen.members} surrogate{'s' * (chosen.members > 1)}; "
            f"{len(surrogates)} given."
        )
    for surrogate in surrogates:
        if not callable(surrogate):
            raise ValueError(f"A surrogate must be callable, from pixels to logits; {surrogate!r} is not.")
        one = _own_tensor(surrogate)
        if one is not None and (one.device, one.dtype) != (images.device, images.dtype):
            raise ValueError(
                f"images are {images.dtype} on {images.device}, a surrogate is {one.dtype} on "
                f"{one.device}: bring both to one dtype and one device."
            )


def _own_tensor(surrogate: Surrogate) -> Tensor | None:
    """A parameter of a module, or, where it has none, a buffer of fractions."""
    if not isinstance(surrogate, nn.Module):
        return None
    return next((one for one in (*surrogate.parameters(), *surrogate.buffers()) if one.is_floating_point()), None)


def _shape(value: Any) -> str:
    return f"{tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
