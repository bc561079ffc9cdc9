"""The page as a program of its own, for what can only be measured from outside."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LONGEST_START = 120


@dataclass(frozen=True)
class Server:
    """A page that answers. began: when it was started, by `time.perf_counter`. seconds: from then until it answered.
    alive: whether it has not ended."""

    address: str
    process: int
    began: float
    seconds: float
    alive: Callable[[], bool]

    def wait_for(self, path: str) -> float:
        """Seconds from its start until what lies there answers, asked for now and again."""
        while not _answers(self.address + path):
            if not self.alive():
                raise RuntimeError(f"The page ended before {path} answered.")
            time.sleep(0.05)
        return time.perf_counter() - self.began

    def memory(self) -> float:
        """What the process holds, in MB."""
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(self.process)])) / 1024


@contextmanager
def serving() -> Iterator[Server]:
    """`python app.py` on a free port of this machine, until the block is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            while not _answers(address):
                if program.poll() is not None:
                    raise RuntimeError(f"`{' '.join(command)}` ended before the page answered.")
                if time.perf_counter() - began > LONGEST_START:
                    raise RuntimeError(f"The page did not answer within {LONGEST_START} s.")
                time.sleep(0.05)
            yield Server(address, program.pid, began, time.perf_counter() - began, lambda: program.poll() is None)
        finally:
            program.terminate()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # not listening yet
        return False
