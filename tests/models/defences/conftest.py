"""What the tests of defences share: a small network and two pictures."""

from __future__ import annotations

import pytest
import torch
from standins import small, split_at_half
from torch import Tensor

from models.classifier import Classifier


@pytest.fixture(scope="session")
def network() -> Classifier:
    return small(1)


@pytest.fixture
def halves() -> Classifier:
    return split_at_half()


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(5))
