"""`/health`: whether the page can do its work, for who looks after it."""

from __future__ import annotations

import threading

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from demo.pages.room import ROOM
from demo.run.device import best
from demo.run.record import versions

ready = threading.Event()
"""Set when the networks that the page opens with are loaded."""


async def health(_: Request) -> JSONResponse:
    """Ready, device, how many run and wait, and versions; 503 until the networks are loaded."""
    running, waiting = ROOM.counts()
    told = {"ready": ready.is_set(), "device": best(), "running": running, "waiting": waiting, "versions": versions()}
    return JSONResponse(told, 200 if ready.is_set() else 503)


ROUTE = Route("/health", health)
