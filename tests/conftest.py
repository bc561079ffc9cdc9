"""What all tests share: settings that must stand before torch and gradio are imported, and the page itself."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one worker a core: more threads would wait for each other

import app  # sets GOMP_SPINCOUNT and turns Gradio's analytics off


@pytest.fixture
def own_threads() -> Iterator[None]:
    """How many threads torch has is the test's own affair, and forgotten after it."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page, served from this process on a free port."""
    import gradio as gr

    from demo.pages.home import home

    with home(tmp_path_factory.mktemp("home")) as folder:
        yield app.launch(folder / "examples", "127.0.0.1", None, block=False)
        gr.close_all()


@pytest.fixture(scope="session")
def pictures_by_name(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths of the page's examples."""
    from demo.pages import examples

    return dict(examples.write(tmp_path_factory.mktemp("pictures")))


@pytest.fixture(scope="session")
def lion(pictures_by_name: dict[str, str]) -> str:
    """The path of a photograph that the built-in jury knows."""
    return pictures_by_name["Lion"]
