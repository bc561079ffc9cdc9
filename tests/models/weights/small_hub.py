"""A hub on loopback that serves safetensors as the real one does, and can be slow, cut off or out of order."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import torch

import models

NETWORK = "mobilenetv3_large_100.ra_in1k"
NAME, REPOSITORY = f"imagenet/{NETWORK}", f"timm/{NETWORK}"
CLOSED = "http://127.0.0.1:9"  # nobody listens there
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """files: repository -> content. status: answered to everything instead, unless 200. seconds: before any answer.

    cuts: how many downloads break off in the middle. asked: method, path and Range of every request.
    wrong: serve this many flipped bytes at the end of each file.
    """

    files: dict[str, bytes]
    status: int = 200
    seconds: float = 0.0
    cuts: int = 0
    wrong: int = 0
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def downloads(self) -> list[str]:
        """The Range of each request for content; empty where all of it was asked for."""
        return [span for method, path, span in self.asked if method == "GET" and "/content/" in path]


class Handler(BaseHTTPRequestHandler):
    """Answers from `server.hub`."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Tests read `asked` instead."""

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.hub.asked.append((self.command, self.path, self.headers.get("Range", "")))
        self.hub.closing.wait(self.hub.seconds)
        repository = self.path.removeprefix("/content").removeprefix("/").split("/resolve/")[0]
        if self.hub.status != 200:
            self.empty(self.hub.status)
        elif repository not in self.hub.files:
            self.empty(404, {"X-Error-Code": "RepoNotFound"})
        elif self.path.startswith("/content/"):
            self.content(self.hub.files[repository])
        else:
            self.redirect(self.hub.files[repository])

    def redirect(self, content: bytes) -> None:
        """The real hub names commit, checksum and size, and sends the client to a storage server elsewhere."""
        elsewhere = self.hub.url.replace("127.0.0.1", "localhost")
        known = {"X-Repo-Commit": COMMIT, "X-Linked-Size": str(len(content))}
        known["X-Linked-Etag"] = f'"{hashlib.sha256(content).hexdigest()}"'
        self.empty(302, {**known, "Location": f"{elsewhere}/content{self.path}"})

    def content(self, content: bytes) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        right = len(content) - self.hub.wrong
        part = (content[:right] + bytes(byte ^ 1 for byte in content[right:]))[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(part)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            cut = self.hub.cuts > 0
            self.hub.cuts -= cut
            self.wfile.write(part[: len(part) // 2] if cut else part)
            self.close_connection = cut or self.close_connection

    def empty(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Runs the hub until the block is left; `hub.url` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.hub = hub  # type: ignore[attr-defined]
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()


def same(classifier: models.Classifier, weights: dict[str, torch.Tensor]) -> bool:
    """Whether the classifier has exactly these weights."""
    return all(torch.equal(value, weights[key]) for key, value in classifier.network.state_dict().items())


def cached(tmp_path: Path) -> list[Path]:
    """What a later load would take for whole."""
    return list((tmp_path / "cache").glob("models--*/snapshots/*/*"))
