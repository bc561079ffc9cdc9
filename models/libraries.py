"""timm and torchvision, imported without torch's compiler.

It comes along for a question in `roi_align` and a decorator in NaFlexViT, which nobody asks or uses here, and with it
come sympy, 130 MB and two seconds. Whoever compiles a network gets it then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch

QUESTIONS = "torch._dynamo.utils"


@contextmanager
def _no_compiler() -> Iterator[None]:
    """Nothing of torch's is touched for long: a release that goes about it in another way is as slow as it was."""
    if "torch._dynamo" in sys.modules:
        yield
        return
    stand_in: Any = ModuleType(QUESTIONS)
    disable = torch.compiler.disable
    stand_in.is_compile_supported = _is_compile_supported
    sys.modules[QUESTIONS] = stand_in
    torch.compiler.disable = _as_it_is
    try:
        yield
    finally:
        torch.compiler.disable = disable
        del sys.modules[QUESTIONS]


def _is_compile_supported(device: str) -> bool:
    """The question itself, handed on when it is asked."""
    from torch._dynamo.utils import is_compile_supported

    return bool(is_compile_supported(device))


def _as_it_is(fn: Any = None, recursive: Any = True, *, reason: Any = None) -> Any:
    return _as_it_is if fn is None else fn


with _no_compiler():
    import timm
    import timm.layers
    import timm.models
    import timm.utils.model
    import torchvision
    import torchvision.io
    import torchvision.models
    import torchvision.ops
    from timm.layers.conv2d_same import Conv2dSame

__all__ = ["Conv2dSame", "timm", "torchvision"]
