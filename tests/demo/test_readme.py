"""The documentation keeps its word: its snippets run, and its tables are what their data say."""

from __future__ import annotations

import re

import pytest

import models
from demo import __version__
from demo.measure import render, results
from models import CARDS
from models.defences import DEFENCES

PAGES = {name: (render.ROOT / name).read_text() for name in render.PAGES}
SNIPPETS = [
    pytest.param(code, id=f"{name} {place}")
    for name, page in PAGES.items()
    for place, code in enumerate(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
]


def test_readme_is_short() -> None:
    assert 100 <= len(PAGES["README.md"].splitlines()) <= 150


@pytest.mark.slow
@pytest.mark.parametrize("code", SNIPPETS)
def test_the_snippets_run(code: str, address: str, lion: str) -> None:
    known: dict[str, object] = {"surrogates": [models.load(name) for name in models.starters("tiny").surrogates]}
    exec(code.replace("http://127.0.0.1:7860", address).replace("lion.png", lion), known)
    if "adversarial" in known:
        assert known["adversarial"].shape == known["images"].shape  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_are_what_their_data_say(name: str) -> None:
    assert PAGES[name] == render.rendered(PAGES[name]), f"run `{render.COMMAND}`"


def test_a_page_whose_figures_were_changed_by_hand_is_found() -> None:
    page = PAGES["demo/attacks/README.md"]
    figure = re.search(r"\d+\.\d \(\d+\.\d–\d+\.\d\)", page)
    assert figure is not None
    assert render.rendered(page.replace(figure[0], "99.9 (99.9–99.9)", 1)) == page


def test_every_table_is_on_a_page() -> None:
    assert {name for page in PAGES.values() for _, name, _ in render.MARKED.findall(page)} == set(render.DRAWN)


@pytest.mark.parametrize("name", [path.stem for path in results.FOLDER.glob("*.json")])
def test_every_stored_table_says_when_and_by_which_command_it_was_measured(name: str) -> None:
    table = results.load(name)
    assert re.match(r"\d{4}-\d\d-\d\d", table.date)
    assert re.search(r"python -m (demo\.benchmark|models\.measure)", table.command)
    assert table.rows
    assert all(set(row) == set(table.columns) for row in table.rows)
    assert not any(re.search(r"\b(nan|inf)\b", cell) for row in table.rows for cell in row.values())


def test_what_a_command_printed_is_kept_and_drawn_as_it_was(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    lines = ["On a table.", "| a | b |\n|---|---|", "| 1 | 2 |", "\nTwo words."]
    results.save("small", "python -m demo.benchmark small", lines, "cpu")
    table = results.load("small")
    assert (table.columns, table.rows, table.note) == (("a", "b"), ({"a": "1", "b": "2"},), "On a table. Two words.")
    assert (table.version, table.device) == (__version__, "cpu")
    assert results.markdown(table).splitlines()[:3] == ["| a | b |", "|---|---|", "| 1 | 2 |"]


@pytest.mark.parametrize("name", models.names())
def test_every_network_of_the_laboratory_has_its_figures(name: str) -> None:
    kinds = ("accuracy", "robust_accuracy", "smoothed_accuracy")
    measured = any(kind in CARDS[name].notes for kind in kinds)
    assert (f"| `{name}` |" in PAGES["models/tiny/README.md"]) == measured


@pytest.mark.parametrize("name", DEFENCES)
def test_every_defence_is_in_the_documentation(name: str) -> None:
    page = PAGES["models/defences/README.md"]
    assert f"| `{name}` |" in page
    prices = page.count(f"| {DEFENCES[name].title} |")
    assert prices == 2 or DEFENCES[name].several, "in the laboratory, and on photographs"


def test_the_front_matter_pins_what_is_installed() -> None:
    requirements = (render.ROOT / "requirements.txt").read_text()
    version = re.search(r"sdk_version: (\S+)", PAGES["README.md"])
    assert version is not None
    assert f"gradio=={version[1]}" in requirements


def test_the_version_stands_in_one_place() -> None:
    assert f"version = {{{__version__}}}" in PAGES["README.md"]
    assert f"## {__version__}" in (render.ROOT / ".github" / "CHANGELOG.md").read_text()
