"""README keeps its word: its snippets run, its tables name every row, its figures name their command."""

import re
from pathlib import Path

import pytest

import models
from demo.attacks import RECIPES
from demo.attacks import __main__ as attacks
from models import CARDS
from models.defences import DEFENCES
from models.defences import __main__ as defences
from models.measure import tables
from models.measure.accuracy import Accuracy

README = (Path(__file__).parents[2] / "README.md").read_text()
PACKS_README = (Path(models.__file__).parent / "tiny" / "README.md").read_text()
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


@pytest.mark.parametrize("row", [*attacks.table(), *defences.table().splitlines()])
def test_the_tables_of_attacks_and_defences_are_what_their_commands_print(row: str) -> None:
    assert row in README.splitlines()


@pytest.mark.parametrize("title", [row.title for row in RECIPES.values()])
def test_every_attack_has_been_measured(title: str) -> None:
    assert re.search(rf"^\| {re.escape(title)} \| \d+ \|", README, re.MULTILINE), f"{title} has no figures in README"


@pytest.mark.parametrize("name", models.names())
def test_every_network_has_been_measured(name: str) -> None:
    assert re.search(rf"^\| `{re.escape(name)}` \|.*%", README, re.MULTILINE), f"{name} has no figures in README"


@pytest.mark.parametrize("name", models.names())
def test_what_is_said_of_a_network_is_what_was_measured(name: str) -> None:
    card = CARDS[name]
    rows = []
    if card.role in tables.TABLES["accuracy"][1]:
        measured = card.notes["accuracy"]
        found = Accuracy(measured["top1"], measured["top5"], measured["pictures"])
        rows.append(f"| {tables.accuracy_row(card, found)} |")
        assert rows[0] in PACKS_README.splitlines()
    if robust := card.notes.get("robust_accuracy"):
        rows.append(f"| `{name}` | {' | '.join(f'{robust[budget]:.1%}' for budget in '248')} |")
    if smoothed := card.notes.get("smoothed_accuracy"):
        rows.append(f"| {smoothed['right']:.1%} | {smoothed['certified']:.1%} | {smoothed['radius']:.2f} |")
    assert rows
    for row in rows:
        assert any(row in line for line in README.splitlines()), row


@pytest.mark.parametrize("name", DEFENCES)
def test_every_defence_has_been_measured(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|.*%", README, re.MULTILINE), f"{name} has no figures in README"


def test_every_measured_table_stands_beside_its_command() -> None:
    blocks = README.split("\n\n")
    measured = [
        place
        for place, block in enumerate(blocks)
        if re.search(r"^\|.*(\d%|\d s |gradients \| passes)", block, re.MULTILINE)
    ]
    assert len(measured) >= 8
    for place in measured:
        near = "\n".join(blocks[place - 2 : place + 3])
        assert re.search(r"python -m (demo\.benchmark|models\.measure)", near), blocks[place][:100]


def test_the_front_matter_pins_what_is_installed() -> None:
    requirements = (Path(__file__).parents[2] / "requirements.txt").read_text()
    version = re.search(r"sdk_version: (\S+)", README)
    assert version is not None
    assert f"gradio=={version[1]}" in requirements
