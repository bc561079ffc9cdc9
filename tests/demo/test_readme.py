"""README keeps its word: its snippets run, its tables name every row, its figures name their command."""

import re
from pathlib import Path

import pytest

import models
from demo.attacks import RECIPES
from models.defences import DEFENCES

README = (Path(__file__).parents[2] / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_library_snippets_run() -> None:
    known: dict[str, object] = {}
    snippets = [code for code in SNIPPETS if "demo.attacks" in code or "models.defences" in code]
    assert len(snippets) == 2
    for code in snippets:
        exec(code, known)
    assert known["adversarial"].shape == (2, 3, 64, 64)  # type: ignore[attr-defined]


def test_the_client_snippet_runs(address: str, lion: str) -> None:
    (code,) = [code for code in SNIPPETS if "gradio_client" in code]
    assert "http://127.0.0.1:7860" in code
    known: dict[str, object] = {}
    exec(code.replace("http://127.0.0.1:7860", address).replace("lion.png", lion), known)
    assert str(known["png"]).endswith(".png")


@pytest.mark.parametrize("name", [*(row.title for row in RECIPES.values()), *models.names()])
def test_every_attack_and_network_is_in_its_table(name: str) -> None:
    assert re.search(rf"^\|.*{re.escape(name)}.*\|", README, re.MULTILINE), f"{name} is missing from README's tables"


@pytest.mark.parametrize("name", DEFENCES)
def test_every_defence_is_in_its_table(name: str) -> None:
    assert re.search(rf"^\| `{name}` ", README, re.MULTILINE), f"{name} is missing from README's tables"


def test_the_front_matter_pins_what_is_installed() -> None:
    requirements = (Path(__file__).parents[2] / "requirements.txt").read_text()
    version = re.search(r"sdk_version: (\S+)", README)
    assert version is not None
    assert f"gradio=={version[1]}" in requirements
