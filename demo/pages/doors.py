"""What stands between the internet and the page: whom it answers, how much it takes, what it allows a browser."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from gradio.brotli_middleware import BrotliResponder, Mode
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost")
PACKED = ("/", "/config")
"""The page itself: Gradio packs what has an ending, such as scripts, and these have none. 460 kB become 70."""
TOLD = "/gradio_api/queue/data"
"""What a run tells the page as it goes: pictures as text, and each of its previews twice."""
EFFORT, REMEMBERED = 5, 20
"""Brotli's, of 11: a hundredth of a second a run; and the last 2**20 bytes, in which it finds what was told."""
MOST_JSON = 2**20
LINKS = "/gradio_api/deep_link"
"""Gradio's links to a session: each call would leave a file here. The page's own links hold the settings."""
UPLOAD = "/gradio_api/upload"
MOST_UPLOAD = 41 * 2**20
"""A picture's 40 MB and the form around it."""
UPLOAD_SECONDS = 120.0
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'self' https://huggingface.co https://*.huggingface.co"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
"""Gradio's page needs inline scripts and Plotly `eval`; nothing comes from outside."""


def middleware(host: str) -> list[Middleware]:
    """For the server that listens on `host`: the names it answers to, and the rest."""
    return [Middleware(TrustedHostMiddleware, allowed_hosts=list(answered(host))), Middleware(Doors)]


def answered(host: str) -> Sequence[str]:
    """The names that a request may be addressed to: `QUORUM_HOSTS`, separated by commas, or this machine's own where
    nobody else can reach it, or any. A page elsewhere may have its own name point here (DNS rebinding)."""
    if named := _named():
        return named
    return LOOPBACK if host in LOOPBACK else ("*",)


def _named() -> list[str]:
    return [name.strip() for name in os.environ.get("QUORUM_HOSTS", "").split(",") if name.strip()]


class Doors:
    """Refuses what comes from a foreign page, or is too large or too slow; adds headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        uploading = scope["path"].startswith(UPLOAD) and scope["method"] == "POST"
        most = MOST_UPLOAD if uploading else MOST_JSON
        send = _with_headers(send)
        refusal = _refusal(scope, most)
        if refusal:
            await refusal(scope, receive, send)
            return
        limit = UPLOAD_SECONDS if uploading else None
        app = self._packing(scope)
        try:
            async with asyncio.timeout(limit):
                await app(scope, _at_most(receive, most), send)
        except TimeoutError:
            words = f"The upload took longer than {UPLOAD_SECONDS:.0f} seconds: try again, or a smaller picture."
            await JSONResponse({"error": words}, 408)(scope, receive, send)

    def _packing(self, scope: Scope) -> ASGIApp:
        if scope["path"] in PACKED:
            return self.packed
        headers = Headers(scope=scope)
        # Browsers alone: httpx, and so Gradio's client, asks for Brotli and loses what exceeds 32 kB (brotli 1.2).
        if scope["path"] == TOLD and "sec-fetch-site" in headers and "br" in headers.get("accept-encoding", ""):
            # Gradio itself packs only what has an ending. Each piece is sent at once.
            return BrotliResponder(self.app, EFFORT, Mode.text, REMEMBERED, 0, 0)
        return self.app


def _refusal(scope: Scope, most: int) -> JSONResponse | None:
    headers = Headers(scope=scope)
    if scope["method"] == "POST" and foreign(headers):
        return JSONResponse({"error": "This page takes no requests from other pages."}, 403)
    if scope["path"].rstrip("/") == LINKS:
        return JSONResponse({"error": "Links are made on the page: Copy a link to these settings."}, 404)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        words = f"At most {most >> 20} MB are taken here: send pictures as uploads of up to 40 MB."
        return JSONResponse({"error": words}, 413)
    return None


def foreign(headers: Headers) -> bool:
    """Whether a browser says that another page sent this. Programs say nothing of the kind.

    Our own names are what the request is addressed to, at a reverse proxy too, what QUORUM_HOSTS says, and a Space's.
    """
    origin = headers.get("origin")
    own = {headers.get("host"), headers.get("x-forwarded-host"), os.environ.get("SPACE_HOST"), *_named()}
    return origin is not None and urlsplit(origin).netloc not in own


def _at_most(receive: Receive, most: int) -> Receive:
    """Ends the connection of who sends more than was announced."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= most else {"type": "http.disconnect"}

    return counted


def _with_headers(send: Send) -> Send:
    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return decorated
