"""What the tests of defences share: a small network and two pictures."""

from __future__ import annotations

import pytest
from standins import small, split_at_half

from models.classifier import Classifier


@pytest.fixture(scope="session")
def network() -> Classifier:
    return small(1)


@pytest.fixture
def halves() -> Classifier:
    return split_at_half()
