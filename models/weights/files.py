"""Weights files of this project: checked against their SHA-256 before anything in them is used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from models.weights.errors import WeightsError

PROJECT = Path(__file__).parents[2]
CURE = "Download the project again, or restore the file with git."


def shown(path: Path) -> str:
    """A path as a person would look for it: from the project's folder on."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def fill(network: nn.Module, path: Path, sha256: str, what: str) -> None:
    """Puts the file's weights into the network; `what` names the network for the message.

    Raises WeightsError, naming file and cure, for a file that is missing, damaged or another network's.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights file {shown(path)} cannot be read. {CURE}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsError(f"The weights file {shown(path)} is damaged: its SHA-256 is not the catalogue's. {CURE}")
    weights = safetensors.torch.load(content)
    expected = network.state_dict()
    # BatchNorm's counters are left out of the files: only training needs them.
    missing = [key for key in expected if key not in weights and not key.endswith("num_batches_tracked")]
    unexpected = [key for key in weights if key not in expected]
    other = [key for key, value in weights.items() if key in expected and value.shape != expected[key].shape]
    if missing or unexpected or other:
        raise WeightsError(
            f"The weights file {shown(path)} does not fit the network {what}: missing {missing[:3]}, unexpected "
            f"{unexpected[:3]}, of another shape {other[:3]}. Mend its stanza."
        )
    check_finite(weights.values(), shown(path))
    network.load_state_dict(weights, strict=False)


def check_finite(tensors: Iterable[Tensor], where: str) -> None:
    """WeightsError where a number is NaN or infinite: such a network answers with nonsense."""
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors):
        raise WeightsError(f"The weights in {where} hold numbers that are not finite, so nothing they say would count.")
