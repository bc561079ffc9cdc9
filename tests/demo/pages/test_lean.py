"""What the libraries leave out as the page begins is left out for no longer, and misses nothing that the page needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import app
from demo.pages.lean import later, one_server

ROOT = Path(app.__file__).parent


@pytest.mark.slow
def test_gradio_is_the_same_without_its_stubs() -> None:
    look = (
        "import inspect; told = inspect.getfile\n"
        "from demo.pages.lean import no_stubs\n"
        "with no_stubs():\n    import gradio; from gradio import component_meta\n"
        "    print(component_meta.create_or_modify_pyi(gradio.Slider, 'none of its name', []))\n"
        "assert inspect.getfile is told and told(gradio.Slider).endswith('slider.py')\n"
        "print(gradio.Slider.change.__doc__ is not None, hasattr(gradio.Slider(), 'release'))\n"
    )
    assert _told(look) == ["None", "True", "True"], "a class of no such name is an error where stubs are made"


@pytest.mark.slow
def test_what_the_page_is_built_of_needs_neither_pandas_nor_values_that_are_none() -> None:
    look = (
        "import sys\n"
        "from demo.pages.lean import lean\n"
        "with lean():\n    from demo.pages import page; import gradio\n"
        "print('pandas' in sys.modules, 'torch._meta_registrations' in sys.modules)\n"
        "from gradio import caching\n"
        "print(caching.pd.DataFrame({'a': [1, 2]}).shape[0], 'pandas' in sys.modules)\n"
        "import torch, torch._meta_registrations\n"
        "print(torch.ones(2, 3, device='meta').matmul(torch.ones(3, 4, device='meta')).shape == (2, 4))\n"
    )
    assert _told(look) == ["False", "False", "2", "True", "True"]


def _told(look: str) -> list[str]:
    told = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.split()


def test_a_module_for_later_comes_when_something_of_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wanted_later.py").write_text("HERE = 'here'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with later("wanted_later"):
        import wanted_later  # type: ignore[import-not-found]

        assert not hasattr(wanted_later, "__file__"), "who goes through all modules asks this, and wants nothing of it"
    assert "wanted_later" not in sys.modules
    assert wanted_later.HERE == "here"
    assert sys.modules["wanted_later"].__file__ == str(tmp_path / "wanted_later.py")
    with pytest.raises(AttributeError, match="nowhere"):
        _ = wanted_later.nowhere
    with later("wanted_later"):
        assert sys.modules["wanted_later"].HERE == "here", "what is there already stays"


def test_gradio_makes_servers_again_after_the_page_is_built() -> None:
    from gradio.routes import App

    made = App.create_app
    with one_server():
        assert App.create_app is not made
    assert App.create_app is made


@pytest.mark.slow
def test_a_run_imports_nothing_large_that_it_does_not_use(tmp_path: Path) -> None:
    """What torch and Gradio would import along the way, the first time that they are asked."""
    look = (
        "import sys, app\n"
        "from pathlib import Path\n"
        "from gradio_client import Client, handle_file\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "address = app.launch(folder, '127.0.0.1', None, block=False)\n"
        "attacked = Client(address, verbose=False).predict(handle_file(next(folder.glob('lion*'))), iterations=2, "
        "api_name='/attack')\n"
        "print(Path(attacked[0]).stat().st_size > 0)\n"
        "print(*(name for name in ('pandas', 'matplotlib', 'sympy', 'torch._dynamo') if name in sys.modules))\n"
        "import os; sys.stdout.flush(); os._exit(0)\n"
    )
    assert _told(look) == ["True"]
