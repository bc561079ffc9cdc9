"""A visitor in Chromium. Screenshots go to QUORUM_SCREENSHOTS, where that is set."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
MINUTE = 60_000
expect.set_options(timeout=MINUTE / 2)  # how soon is the benchmark's question: the processors may be shared
QUICK = "pack=tiny&held_out=tiny/googlenet,tiny/regnet"
# In CI a missing browser fails every one of these: tests that skip themselves there would check nothing.
IN_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed: apt-get install chromium"
    ),
]


class Visit:
    """A visitor's page that remembers what it asked other hosts for and what went wrong in it.

    All visitors share one profile, and so the scripts that the browser has read already; the page keeps nothing in it.
    """

    def __init__(
        self,
        browser: BrowserContext,
        address: str,
        width: int = 1280,
        theme: str = "light",
        query: str = "",
        height: int = 900,
    ) -> None:
        self.page: Page = browser.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.outside: list[str] = []
        self.errors: list[str] = []
        host = urlparse(address).hostname
        self.page.on("request", lambda r: self._asked(r.url, str(host)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(f"{address}?__theme={theme}&{query}")
        expect(self.page.locator("#q-verdict")).to_be_visible(timeout=MINUTE)

    def _asked(self, url: str, host: str) -> None:
        if url.startswith("http") and urlparse(url).hostname != host:
            self.outside.append(url)

    def close(self) -> None:
        self.page.close()

    def choose(self, pack: str) -> None:
        self.page.locator("#q-pack").get_by_text(pack, exact=True).click()
        self.looked_at("Lion")

    def looked_at(self, what: str) -> None:
        expect(self.page.locator("#q-verdict")).to_contain_text(f"see “{what}”", timeout=MINUTE)

    def attack(self) -> None:
        self.page.click("#q-start")
        self.verdict()

    def verdict(self) -> None:
        expect(self.page.locator("#q-stage .q-frames")).to_be_attached(timeout=MINUTE)
        expect(self.page.locator("#q-start")).to_be_visible(timeout=MINUTE)

    def shot(self, name: str, whole: bool = True) -> None:
        if folder := os.environ.get("QUORUM_SCREENSHOTS"):
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


def barriers(page: Page, *rules: str, within: str | None = None) -> list[str]:
    """What axe finds on the page that keeps somebody from using it.

    rules: these alone; without any, all. within: a selector, of the only part that is looked at.
    """
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in Axe().run(page, within, options).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
