"""Weights that a package from PyPI holds, and nothing else of it: no code of the package is run."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import torch
from torch import Tensor, nn

from models.weights.errors import WeightsError
from models.weights.files import check_finite

CURE = "Run pip install -r requirements.txt"
ENDING = ".pth"


def find(package: str) -> Path | None:
    """The weights file of an installed package; None where it is not installed or holds none."""
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if file.name.endswith(ENDING))
    return next((path for path in found if path.is_file()), None)


def fingerprint(tensors: Iterable[Tensor]) -> str:
    """SHA-256 over the tensors' bytes, one after the other in the file's order, as they are stored."""
    sum_of_bytes = hashlib.sha256()
    for tensor in tensors:
        sum_of_bytes.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return sum_of_bytes.hexdigest()


def fill(network: nn.Module, package: str, sha256: str, what: str) -> None:
    """Puts a package's tensors into the network, by their order: names differ, order and shapes are the same.

    Args:
        network: as `what` is built, left as it was where anything is wrong.
        package: the distribution's name.
        sha256: what `fingerprint` must give.
        what: the network's name, for the message.

    Raises:
        WeightsError: not installed, damaged, another network's, or not finite; with the cure.
    """
    path = find(package)
    if path is None:
        raise WeightsError(f"The weights of {what} lie in the package {package}, which is not installed: {CURE}.")
    tensors = _read(path, package)
    if fingerprint(tensors) != sha256:
        raise WeightsError(f"The weights in {package} are not the ones that the catalogue means: {CURE} anew.")
    wanted = network.state_dict()
    if [tensor.shape for tensor in tensors] != [tensor.shape for tensor in wanted.values()]:
        raise WeightsError(f"The weights in {package} do not fit the network {what}: mend its stanza.")
    check_finite(tensors, f"{package}")
    network.load_state_dict(dict(zip(wanted, tensors, strict=True)))


def _read(path: Path, package: str) -> list[Tensor]:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as problem:
        raise WeightsError(f"The weights in {package} are damaged or cut off: {CURE} --force-reinstall.") from problem
    tensors = list(held.values()) if isinstance(held, dict) else []
    if not tensors or not all(isinstance(tensor, Tensor) for tensor in tensors):
        raise WeightsError(f"The file in {package} holds no list of tensors: {CURE} --force-reinstall.")
    return tensors
