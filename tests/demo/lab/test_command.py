"""`python -m demo.lab`: what it prints and keeps, what it says of bad input, and that a killed one goes on."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab_pictures import write

from demo.lab import __main__ as command
from demo.lab.hands import Own
from demo.lab.scene import Scene
from demo.lab.table import Cell, Claim, Table
from demo.lab.tables import TABLES

ROOT = Path(__file__).parents[3]
MINUTE = 180  # a busy machine takes its time


def cells(scene: Scene) -> Iterator[Cell]:
    for title, steps in (("one step", 1), ("two steps", 2)):
        crafted = scene.craft("i-fgsm", ["tiny/mobilenet"], steps=steps)
        yield Cell(title, "RepVGG", (scene.verdict(crafted, "tiny/repvgg"),), "right")


SMALL = Table(
    name="small",
    paper="ours",
    place="a test",
    title="Small & quick",
    sentence="Nothing to learn here.",
    cells=cells,
    packs=("tiny",),
    rightly=lambda pack: (),
    claims=(Claim("More steps are better.", "one step", "two steps"),),
    published={"one step": 0.5},
    published_on="nothing",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path / "data")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Path) -> Callable[..., None]:
    """The command, by this very process."""
    monkeypatch.setitem(TABLES, "small", SMALL)
    monkeypatch.setattr(command, "hands", lambda options: Own())
    return lambda *more: command.main(["small", "--data", str(data), "--out", str(tmp_path / "out"), *more])


def test_a_table_is_printed_and_kept(run: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    run("--pictures", "4")
    printed = capsys.readouterr()
    assert "| one step | " in printed.out
    assert "Claim: More steps are better." in printed.out
    assert "4 pictures, all of them" in printed.out
    assert "5 of 5 done" in printed.err
    kept = json.loads((tmp_path / "out" / "small-tiny.json").read_text())
    assert [one["n"] for one in kept["cells"]] == [4, 4]
    assert kept["cells"][1]["run"]["steps"] == 2
    lines = list(csv.DictReader((tmp_path / "out" / "small-tiny.csv").open()))
    assert [float(line["value"]) for line in lines] == [one["value"] for one in kept["cells"]]


def test_one_picture_is_a_table_too(run: Callable[..., None], capsys: pytest.CaptureFixture) -> None:
    run("--pictures", "1", "--latex")
    assert r"Small \& quick" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nothing"], "Unknown table 'nothing': use one of "),
        ([], "Unknown table None"),
        (["small"], "--data takes a folder or a zip"),
        (["small", "--data", "{none}"], "There is no .*none"),
        (["small", "--data", "{empty}"], "needs pictures with labels"),
        (["small", "--data", "{broken}"], "lacks 64 of the 64 classes"),
        (["small", "--data", "{data}", "--pack", "imagenet"], "makes no sense on imagenet: use --pack tiny"),
        (["small", "--data", "{data}", "--ray", "127.0.0.1:1"], "No Ray cluster answers|Ray is not installed"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Path, given: list[str], said: str
) -> None:
    monkeypatch.setitem(TABLES, "small", SMALL)
    places = {name: tmp_path / name for name in ("none", "empty", "broken")} | {"data": data}
    places["empty"].mkdir()
    places["broken"].mkdir()
    (places["broken"] / "wnids.txt").write_text("n1")
    filled = [word.format(**places) for word in given]
    with pytest.raises(SystemExit, match=said):
        command.main([*filled, "--out", str(tmp_path / "out")])


def test_the_list_names_every_table(capsys: pytest.CaptureFixture) -> None:
    command.main(["--list"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in TABLES)


@pytest.mark.slow
def test_a_killed_command_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, data: Path) -> None:
    """The whole process group gets a KILL in mid-table; started again, it does not do again what was done."""
    code = "import test_command as t; t.TABLES['small'] = t.SMALL; t.command.main()"
    paths = os.pathsep.join(map(str, (ROOT, Path(__file__).parent)))

    def start(out: Path) -> subprocess.Popen[bytes]:
        told = [sys.executable, "-c", code, "small", "--data", str(data), "--out", str(out), "--workers", "1"]
        environment = {**os.environ, "PYTHONPATH": paths}
        return subprocess.Popen(
            [*told, "--pictures", "16"], cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.PIPE
        )

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    undisturbed, process, clock = start(whole), start(broken), time.monotonic()
    while len(list(broken.rglob("*.npz"))) < 2 and process.poll() is None and time.monotonic() - clock < MINUTE:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait(MINUTE) == -signal.SIGKILL
    said = start(broken).communicate(timeout=MINUTE)[1].decode()
    assert "kept from before" in said
    assert undisturbed.wait(MINUTE) == 0
    files = sorted(path for path in whole.rglob("*.*") if path.is_file())
    assert len(files) == 9
    for path in files:
        assert (broken / path.relative_to(whole)).read_bytes() == path.read_bytes()
