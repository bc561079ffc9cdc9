"""What an attack may be given: pictures, labels, surrogates and lengths; what is wrong is a ValueError, a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from demo.attacks.knobs import number
from demo.attacks.recipes import Recipe
from demo.attacks.surrogates import Surrogate


def positive(name: str, value: float) -> float:
    """A length in pixel units of 1, above 0 and up to 1; else a ValueError."""
    try:
        length = float(number(name, value, 0, 1))
    except ValueError:
        length = 0.0
    if length == 0:
        raise ValueError(f"{name} is {value!r}: use a number above 0 and up to 1 (8/255, not 8).")
    return length


def check_pictures(images: Tensor, labels: Tensor) -> None:
    """Raises ValueError unless images are `(N,3,H,W)` in [0,1] and labels `(N,)` class numbers beside them."""
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


def check_surrogates(chosen: Recipe, surrogates: Sequence[Surrogate], images: Tensor) -> None:
    """Raises ValueError unless they are callables, enough for the recipe, where and of what kind the images are."""
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
