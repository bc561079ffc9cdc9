"""Many visitors at once: how long each waits, whether they were told so, and what the server holds in the end."""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from demo.measure.serving import Server, serving
from demo.measure.speed import opening
from demo.pages import api, examples
from demo.run.request import Request
from models.packs import OPENING_PACK

LONGEST = 600.0
"""Seconds that a visitor waits for an answer."""
BETWEEN = 1.0
"""Seconds between two samples of the memory, and between two newcomers."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clients", type=int, default=30, help="visitors at once; each asks again when answered")
    parser.add_argument("--seconds", type=float, default=120.0, help="for how long they ask")


@dataclass(frozen=True)
class Visit:
    """One run, in seconds from asking. told: the wait that was announced first. error: a sentence, if any."""

    waited: float
    answered: float
    told: float | None
    error: str | None


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table of what the visitors met."""
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        picture = dict(examples.write(Path(folder)))[examples.OFFERED[OPENING_PACK][0]]
        visit(server.address, opening(OPENING_PACK, picture))  # nothing is loaded for the first time below
        until = time.perf_counter() + options.seconds
        held: list[tuple[float, float]] = []
        pages: list[float] = []
        watching = threading.Thread(target=_watch, args=(server, until, held, pages))
        watching.start()
        with ThreadPoolExecutor(options.clients) as visitors:
            asked = [visitors.submit(_keep_asking, server.address, picture, until) for _ in range(options.clients)]
            visits = [one for future in asked for one in future.result()]
        watching.join()
        idle = server.memory()
    yield f"{options.clients} visitors for {options.seconds:.0f} s, each asking again as soon as answered."
    yield ""
    yield "| figure | value |"
    yield "|---|---|"
    yield from _rows(visits, pages, [memory for _, memory in held], idle)


def _rows(visits: Sequence[Visit], pages: Sequence[float], held: Sequence[float], idle: float) -> Iterator[str]:
    done = [one for one in visits if one.error is None]
    refused = [one.error for one in visits if one.error is not None]
    polite = [words for words in refused if "others are waiting" in words]
    off = [one.told - one.waited for one in done if one.told is not None]
    quarter = len(held) // 4
    grown = median(held[-quarter:]) - median(held[-2 * quarter : -quarter]) if quarter else 0.0
    yield f"| runs answered | {len(done)} |"
    yield f"| refused because the room was full | {len(polite)} |"
    yield f"| any other error | {len(refused) - len(polite)} |"
    yield f"| wait for one's turn, median and 95th percentile | {_spread([one.waited for one in done])} |"
    yield f"| from asking to the verdict, median and 95th percentile | {_spread([one.answered for one in done])} |"
    yield f"| wait that was told less the true one, median and range | {_range(off)} |"
    yield f"| a newcomer's page meanwhile, median and 95th percentile | {_spread(pages)} |"
    yield f"| memory at its highest, and in the end | {max(held):.0f} MB, {idle:.0f} MB |"
    yield f"| memory, median of the last quarter less that of the third | {grown:+.0f} MB in {len(done) // 4} runs |"


def _spread(figures: Sequence[float]) -> str:
    ordered = sorted(figures)
    return f"{median(ordered):.1f} s, {ordered[int(0.95 * (len(ordered) - 1))]:.1f} s" if ordered else "none"


def _range(figures: Sequence[float]) -> str:
    return f"{median(figures):+.1f} s, {min(figures):+.1f} to {max(figures):+.1f} s" if figures else "none"


def _watch(server: Server, until: float, held: list[tuple[float, float]], pages: list[float]) -> None:
    """Samples the memory, and opens the page as a newcomer would."""
    while time.perf_counter() < until:
        began = time.perf_counter()
        httpx.get(server.address, timeout=LONGEST).raise_for_status()
        pages.append(time.perf_counter() - began)
        held.append((began, server.memory()))
        time.sleep(BETWEEN)


def _keep_asking(address: str, picture: str, until: float) -> list[Visit]:
    visits = []
    while time.perf_counter() < until:
        visits.append(visit(address, opening(OPENING_PACK, picture)))
        if visits[-1].error:
            time.sleep(BETWEEN)
    return visits


def visit(address: str, asked: Request) -> Visit:
    """One run through the endpoint, by plain HTTP: the picture uploaded, the run asked for and listened to."""
    calls = f"{address}/gradio_api"
    with httpx.Client(timeout=LONGEST) as client:
        with Path(str(asked.picture)).open("rb") as file:
            (path,) = client.post(f"{calls}/upload", files={"files": ("picture.png", file)}).raise_for_status().json()
        began = time.perf_counter()
        data = [{"path": path, "meta": {"_type": "gradio.FileData"}}, *_settings(asked)]
        event = client.post(f"{calls}/call/attack", json={"data": data}).raise_for_status().json()["event_id"]
        with client.stream("GET", f"{calls}/call/attack/{event}") as answer:
            return _heard(answer.iter_lines(), began)


def _settings(asked: Request) -> list[Any]:
    given: dict[str, Any] = {"surrogates": list(asked.surrogates), "held_out": list(asked.held_out or ())}
    given |= {name: getattr(asked, name) for name in ("pack", "epsilon", "draws")}
    given["guards"] = {name: dict(own) for name, own in asked.guards.items()}
    return [given.get(name, api.default(name)) for name in api.SETTINGS]


def _heard(lines: Iterator[str], began: float) -> Visit:
    """What the stream tells: waiting, iterations, the end."""
    waited, told, kind, first = 0.0, None, "", True
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: ") and kind in ("generating", "complete", "error"):
            said = json.loads(line.removeprefix("data: "))
            since = time.perf_counter() - began
            if kind == "error":
                return Visit(waited, since, told, str((said or {}).get("error")))
            if kind == "complete":
                return Visit(waited, since, told, None)
            if said[1].get("place") == 0:
                waited = since
            elif first and "place" in said[1]:
                told = said[1]["seconds_left"]
            first = False
    return Visit(waited, time.perf_counter() - began, told, "The answer ended early.")
