"""The arrows between the files of `models`: one direction, no circle, and none to the page or to an attack."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import models

ROOT = Path(models.__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "models").rglob("*.py")
}


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import anywhere, lazy ones included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in names}
    return found


def test_there_is_no_circle() -> None:
    graph = {name: imported(path) & set(FILES) for name, path in FILES.items()}
    list(TopologicalSorter(graph).static_order())  # CycleError names the circle


def test_neither_the_page_nor_an_attack_is_known_here() -> None:
    for name, path in FILES.items():
        assert not {one.split(".")[0] for one in imported(path)} & {"demo", "app", "gradio", "plotly"}, name


def test_measuring_knows_nothing_of_training_and_nobody_hides_an_import() -> None:
    for name, path in FILES.items():
        assert "TYPE_CHECKING" not in path.read_text(), name
        if name.startswith("models.measure"):
            assert not [one for one in imported(path) if one.startswith("models.training")], name
