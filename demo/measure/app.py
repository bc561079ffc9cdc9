"""What a visitor meets: how soon the page is there, what a run takes and brings, and what memory the server holds."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from statistics import median
from typing import Any

import torch

from demo.measure.overhead import between, processor
from demo.measure.results import LIBRARIES
from demo.measure.serving import Server, serving
from demo.pages.packs import listed
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONGEST = 300_000.0
"""Milliseconds that anything on the page may take."""
SETTLED = 1500.0
"""Milliseconds after which nothing more comes of a page that has opened, or of a run that has ended."""
PRESSED = """async longest => {
    const began = performance.now();
    const seen = there => new Promise((tell, fail) => {
        const look = () => there() && (watcher.disconnect(), tell((performance.now() - began) / 1000));
        const watcher = new MutationObserver(look);
        watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(() => fail(new Error("nothing came of the run")), longest);
        look();
    });
    document.querySelector("#q-start").click();
    const caption = "#q-stage .q-caption";
    const first = await seen(() => document.querySelector(caption)?.textContent.includes("iteration"));
    return [first, await seen(() => document.querySelector("#q-stage .q-frames"))];
}"""
"""Presses *Attack*, and gives the seconds until a frame of the run stands there and until its verdict does."""
Figure = tuple[str, float, str]
"""What was measured, the value, its unit."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--starts", type=int, default=6, help="of the program, each with a visitor; an interval from 6")
    parser.add_argument("--runs", type=int, default=3, help="of each pack after its first, in every start")


def measured(options: argparse.Namespace) -> Iterator[str]:
    """A Markdown table: figure, how often it was taken, median, and the median's 95 % interval."""
    versions = ", ".join(f"{library} {metadata.version(library)}" for library in ("gradio", *LIBRARIES))
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    yield f"{processor()}, {torch.get_num_threads()} threads, load {load} at the start; {versions}."
    yield f"{options.starts} starts, the browser on the same machine; median and its 95 % interval."
    yield ""
    yield "| figure | n | median | 95 % interval |"
    yield "|---|---|---|---|"
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(options.starts):
        with serving() as server, browsing() as page:
            for name, value, unit in visit(server, page, options.runs):
                found[name, unit].append(value)
    yield from rows(found)


def rows(found: Mapping[tuple[str, str], Sequence[float]]) -> Iterator[str]:
    for (name, unit), values in found.items():
        words = "{:.2f} s" if unit == "s" else f"{{:.0f}} {unit}"
        yield f"| {name} | {len(values)} | {words.format(median(values))} | {between(values, words)} |"


@contextmanager
def browsing() -> Iterator[Any]:
    """A page of Chromium's, in which nothing is kept from an earlier visit; ValueError where there is no browser."""
    try:  # only here: whoever measures something else needs no browser
        from playwright.sync_api import sync_playwright
    except ImportError as problem:
        raise ValueError("A browser is to be driven: pip install -r tests/requirements.txt.") from problem
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise ValueError("There is no Chromium here: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()


def visit(server: Server, page: Any, more: int) -> Iterator[Figure]:
    """One start and its visitor, from the first answer to the last of `more` further runs of each pack."""
    yield "`python app.py` until the page answers", server.seconds, "s"
    yield "memory then", server.memory(), "MB"
    bytes_so_far = received(page)
    began = time.perf_counter()
    page.goto(server.address)
    looked(page, OPENING_PACK)
    yield "from the address to what the jury sees, networks loading", time.perf_counter() - began, "s"
    page.wait_for_timeout(SETTLED)
    yield "first load, transferred", bytes_so_far(), "kB"
    yield "`python app.py` until the built-in networks are there too", server.wait_for("/health"), "s"
    for pack in (OPENING_PACK, DEFAULT_PACK):
        title = PACKS[pack].title
        if pack != OPENING_PACK:
            page.locator("#q-pack").get_by_text(title, exact=True).click()
            looked(page, pack)
        before = bytes_so_far()
        yield from timed(page, f"{title}, first run")
        page.wait_for_timeout(SETTLED)
        yield f"{title}, first run: transferred", bytes_so_far() - before, "kB"
        yield f"{title}, first run: memory after it", server.memory(), "MB"
        for _ in range(more):
            before = bytes_so_far()
            yield from timed(page, f"{title}, later runs")
            page.wait_for_timeout(SETTLED)
            yield f"{title}, later runs: transferred", bytes_so_far() - before, "kB"


def looked(page: Any, pack: str) -> None:
    """Waits until the page says what the pack's jury sees in the picture."""
    page.wait_for_selector(f'#q-verdict:has-text("of {len(listed(pack))} see")', timeout=LONGEST)


def timed(page: Any, what: str) -> Iterator[Figure]:
    """A press of *Attack*, with the seconds until its first frame and its verdict are on the page, by its own clock."""
    first, verdict = page.evaluate(PRESSED, LONGEST)
    yield f"{what}: first frame", first, "s"
    yield f"{what}: verdict", verdict, "s"


def received(page: Any) -> Callable[[], float]:
    """Gives the kB that have come over the wire since, a run's endless answer by its pieces, the others with heads."""
    came: dict[str, float] = defaultdict(float)

    def piece(told: Mapping[str, Any]) -> None:
        came[told["requestId"]] += told["encodedDataLength"]

    def whole(told: Mapping[str, Any]) -> None:
        came[told["requestId"]] = max(came[told["requestId"]], told["encodedDataLength"])

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.dataReceived", piece)
    session.on("Network.loadingFinished", whole)
    return lambda: sum(came.values()) / 1000
