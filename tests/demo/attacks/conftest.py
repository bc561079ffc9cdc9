from __future__ import annotations

import pytest
import torch


@pytest.fixture
def two_threads(own_threads: None) -> None:
    torch.set_num_threads(2)
