"""`/health`: whether the page can do its work, for who looks after it."""

from __future__ import annotations

import threading

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from demo.run.device import best
from demo.run.record import versions

ready = threading.Event()
"""Set when the networks that the page opens with are loaded."""


async def health(request: Request) -> JSONResponse:
    """Ready, device, how many wait, and versions; 503 until the networks are loaded."""
    waiting = request.app.get_blocks()._queue.get_status().queue_size
    told = {"ready": ready.is_set(), "device": best(), "waiting": waiting, "versions": versions()}
    return JSONResponse(told, 200 if ready.is_set() else 503)


ROUTE = Route("/health", health)
