"""What the page writes lies in one folder, and does not stay."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from quick import FEW

import app
from demo.measure.serving import serving
from demo.pages.home import home, sweep

ROOT = Path(app.__file__).parent


def test_everything_goes_into_one_folder_that_goes_with_the_process(tmp_path: Path) -> None:
    before = tempfile.gettempdir(), os.environ.get("GRADIO_TEMP_DIR")
    with home(tmp_path / "quorum") as own:
        assert Path(tempfile.mkdtemp()).is_relative_to(own)
        assert Path(os.environ["GRADIO_TEMP_DIR"]).is_relative_to(own)
        assert (tmp_path / "quorum").stat().st_mode & 0o077 == 0, "nobody else on the machine may look"
    assert not own.exists()
    assert (tempfile.gettempdir(), os.environ.get("GRADIO_TEMP_DIR")) == before


def test_what_a_killed_process_left_is_cleared_and_no_living_ones(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (str(gone.pid), str(os.getppid()), "notes"):
        (tmp_path / name / "uploads").mkdir(parents=True)
    with home(tmp_path) as own:
        assert {path.name for path in tmp_path.iterdir()} == {own.name, str(os.getppid()), "notes"}


def test_old_files_are_swept_and_new_ones_and_their_folders_stay(tmp_path: Path) -> None:
    for name in ("old/half-an-upload", "new/picture.png", "empty-but-new/.."):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if not name.endswith(".."):
            (tmp_path / name).write_bytes(b"x")
    long_ago = time.time() - 9999
    os.utime(tmp_path / "old/half-an-upload", (long_ago, long_ago))
    sweep(tmp_path)
    assert not (tmp_path / "old/half-an-upload").exists()
    assert (tmp_path / "new/picture.png").exists()
    assert (tmp_path / "empty-but-new").exists()


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        began = time.perf_counter()
        told = subprocess.run([sys.executable, "app.py", "--port", port], cwd=ROOT, capture_output=True, text=True)
        assert time.perf_counter() - began < 5
    assert told.returncode == 1
    assert told.stderr.strip() == f"Port {port} of 127.0.0.1 is taken: choose another with --port."


@pytest.fixture
def mine(lion: str, tmp_path: Path) -> str:
    """A picture of the visitor's own."""
    return shutil.copy(lion, tmp_path / "mine.png")


def begin_a_long_run(address: str, picture: str) -> None:
    """A run that would take half a minute, under way when this returns."""
    client = Client(address, verbose=False)
    job = client.submit(handle_file(picture), attack="smer", iterations=100, api_name="/attack", **FEW)
    while not any("step" in told for _, told in job.outputs()):
        assert not job.done(), job.result()
        time.sleep(0.1)


@pytest.mark.slow
def test_killed_in_mid_run_it_is_tidied_up_after_and_terminated_it_leaves_nothing(
    mine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving() as server:
        begin_a_long_run(server.address, mine)
        os.kill(server.process, signal.SIGKILL)
    assert list((tmp_path / "quorum").rglob("mine.png")), "nobody could tidy up"
    with serving() as server:
        assert not list((tmp_path / "quorum").rglob("mine.png")), "the next start does"
        begin_a_long_run(server.address, mine)
        assert list((tmp_path / "quorum").rglob("mine.png"))
        os.kill(server.process, signal.SIGTERM)
        began = time.perf_counter()
        while server.alive() and time.perf_counter() - began < 10:
            time.sleep(0.05)
        assert time.perf_counter() - began < 5
    assert list((tmp_path / "quorum").iterdir()) == []
