"""Rehearsals: there and back for the first time, one network after the other.

What oneDNN makes for a layer on the first occasion it keeps for the next. But two threads that have it made at the same
time may each have chosen another order of the weights (the choice is not always the same), and are then both given what
goes by one of them: the gradient of a large 1 × 1 layer is noise. Without rehearsals that was seen in about one of 25
fresh processes, at eight pictures of 224 pixels in two threads on a processor with AVX-512.
"""

from __future__ import annotations

import threading

import torch
from torch import Tensor, nn

_stage = threading.RLock()


def rehearse(network: nn.Module, given: Tensor, seen: set[int]) -> None:
    """Shows it so many pictures `(N,3,H,W)`, and goes back, where it works on one thread and so has others beside it.

    seen: numbers of pictures that it has been shown so far.
    """
    if len(given) in seen or torch.get_num_threads() > 1 or torch._C._functorch.peek_interpreter_stack() is not None:
        return
    with _stage:
        if len(given) not in seen:
            leaf = given.detach().clone().requires_grad_()
            with torch.enable_grad():
                total = network(leaf).sum()
                if total.requires_grad:
                    torch.autograd.grad(total, leaf, allow_unused=True)
            seen.add(len(given))
