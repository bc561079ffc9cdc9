"""Weights in a package: what is missing, damaged or another network's is a sentence, and nothing is half loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models.weights import package
from models.weights.errors import WeightsError


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 2, 1), nn.BatchNorm2d(2))


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package's file with the tensors of such a network under other names."""
    torch.manual_seed(0)
    path = tmp_path / "weights.pth"
    torch.save({f"other.{key}": value for key, value in network().state_dict().items()}, path)
    monkeypatch.setattr(package, "find", lambda name: path)
    return path


def sum_of(path: Path) -> str:
    return package.fingerprint(torch.load(path, weights_only=True).values())


def test_tensors_are_copied_by_their_order(held: Path) -> None:
    filled = network()
    package.fill(filled, "some-package", sum_of(held), "a network")
    for one, other in zip(filled.state_dict().values(), torch.load(held, weights_only=True).values(), strict=True):
        assert torch.equal(one, other)


def changed(path: Path, place: int, value: Tensor) -> str:
    """Writes another tensor at that place; the file's new sum."""
    tensors = list(torch.load(path, weights_only=True).values())
    tensors[place] = value
    torch.save({str(number): tensor for number, tensor in enumerate(tensors)}, path)
    return sum_of(path)


def test_another_shape_is_refused_and_nothing_is_loaded(held: Path) -> None:
    filled = network()
    before = {key: value.clone() for key, value in filled.state_dict().items()}
    with pytest.raises(WeightsError, match="do not fit the network a network"):
        package.fill(filled, "some-package", changed(held, 1, torch.zeros(3)), "a network")
    assert all(torch.equal(value, before[key]) for key, value in filled.state_dict().items())


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, -torch.inf])
def test_what_is_not_finite_is_refused(wrong: float, held: Path) -> None:
    with pytest.raises(WeightsError, match="not finite"):
        package.fill(network(), "some-package", changed(held, 1, torch.tensor([0.0, wrong])), "a network")


def test_another_sum_is_refused(held: Path) -> None:
    with pytest.raises(WeightsError, match="not the ones that the catalogue means"):
        package.fill(network(), "some-package", "0" * 64, "a network")


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_a_sentence(content: bytes, held: Path) -> None:
    held.write_bytes(content)
    with pytest.raises(WeightsError, match=r"damaged or cut off.*pip install"):
        package.fill(network(), "some-package", "", "a network")


def test_a_file_that_would_run_code_is_refused(held: Path) -> None:
    torch.save(network(), held)
    with pytest.raises(WeightsError, match="damaged or cut off"):
        package.fill(network(), "some-package", "", "a network")


def test_a_package_that_is_not_installed_names_the_cure() -> None:
    assert package.find("no-such-package-of-weights") is None
    with pytest.raises(WeightsError, match=r"not installed: Run pip install -r requirements\.txt"):
        package.fill(network(), "no-such-package-of-weights", "", "a network")
