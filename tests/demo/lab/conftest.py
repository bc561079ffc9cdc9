"""What the lab's tests share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tables keep their cells, as those of one pack do: what one test has computed the others have."""
    return tmp_path_factory.mktemp("cells")
