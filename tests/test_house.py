"""The house keeps its plan: imports run one way and in no circle, and rooms stay small."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for place in ("demo", "models")
    for path in sorted((ROOT / place).rglob("*.py"))
}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FILE = 200, 40, 90
TABLES_OF_DATA = {"models.training.recipes"}


def imported(name: str) -> set[str]:
    """The project's modules that a module imports, wherever in its file, for types alone too.

    `from package import name` needs the package itself only where `name` is no module of it.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(FILES[name].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in FILES else node.module for one in inside}
    return {one for one in found if one in FILES and one != name}


GRAPH = {name: imported(name) for name in FILES}
MAY_IMPORT = {
    "demo.attacks": ("demo.attacks",),
    "models": ("models",),
    "demo.run": ("demo.run", "demo.attacks", "models"),
    "demo.figures": ("demo.figures", "demo.run", "demo.lab", "demo.attacks"),
    "demo.lab": ("demo.lab", "demo.figures", "demo.measure", "demo.run", "demo.attacks", "models"),
}
"""A room -> the rooms that it may know. Pages and measurements may know them all; nobody below knows a page."""


def inside(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def test_no_import_goes_round_in_a_circle() -> None:
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_arrows_run_one_way(room: str) -> None:
    for module, needs in GRAPH.items():
        if inside(module, room):
            # The package that holds the version is nobody's room.
            strangers = [n for n in needs if n != "demo" and not any(inside(n, known) for known in MAY_IMPORT[room])]
            assert not strangers, f"{module} imports {strangers}"


@pytest.mark.parametrize(
    ("room", "library"), [("demo.attacks", "gradio"), ("demo.attacks", "plotly"), ("demo.run", "gradio")]
)
def test_rooms_that_know_no_page_need_no_page(room: str, library: str) -> None:
    for module, path in FILES.items():
        if inside(module, room):
            assert f"import {library}" not in path.read_text(), module


def test_files_are_short() -> None:
    lengths = {name: len(path.read_text().splitlines()) for name, path in FILES.items() if name not in TABLES_OF_DATA}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    assert median(lengths.values()) <= MEDIAN_FILE


def test_functions_are_short() -> None:
    long = {
        f"{name}.{node.name}": length
        for name, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno - _words(node)) > LONGEST_FUNCTION
    }
    assert long == {}


def _words(function: ast.FunctionDef) -> int:
    """The lines of a function's docstring, which are not code."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or 0) - first.lineno + 1
    return 0
