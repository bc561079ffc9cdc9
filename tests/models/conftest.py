"""Pictures that a tiny network learns in a second."""

from pathlib import Path

import pytest
from counting import Counting, recorded
from miniature import write_pictures

from models.pictures import Pictures, read


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four classes of coloured noise, in the original layout."""
    root = tmp_path_factory.mktemp("pictures")
    write_pictures(root)
    return root


@pytest.fixture(scope="session")
def pictures(folder: Path) -> Pictures:
    return read(folder, "train")


@pytest.fixture
def network() -> Counting:
    """Recorded already."""
    return recorded(Counting)
