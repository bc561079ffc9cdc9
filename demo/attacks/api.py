"""craft() and iterate(): from a recipe's name and the reader's own arguments to a checked run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from demo.attacks.attack import Attack, Frame
from demo.attacks.checks import check_pictures, check_surrogates, positive
from demo.attacks.knobs import number, settle
from demo.attacks.portions import finish, run
from demo.attacks.recipes import recipe
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

    What a picture becomes depends on no other picture of its batch; one too large for the memory is taken in portions
    (`at_once`). A surrogate with randomness of its own, such as
    a random defence, has its own generator too: give it a fresh one for each run where runs should be alike.

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

    A surrogate with randomness of its own goes on drawing where a frame needs its answers and the attack did not
    (ni-fgsm, any transforms) or where portions of a large batch take turns: its run is then another than craft's.

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
    check_pictures(images, labels)
    check_surrogates(chosen, surrogates, images)
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
    return attack, Task(
        images=images.detach().clone(),
        labels=labels.clone(),
        epsilon=epsilon,
        steps=steps,
        step_size=step,
        targeted=targeted,
        seed=seed,
    )
