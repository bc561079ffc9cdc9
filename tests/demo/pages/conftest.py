"""Chromium, and visitors in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from visiting import ARGUMENTS, CHROMIUM, QUICK, Visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        chromium.new_context()
        yield chromium
        chromium.close()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids="{0[0]}-{0[1]}".format)
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address, *request.param)
    yield visit
    visit.close()


@pytest.fixture
def wide(browser: Browser, address: str) -> Iterator[Visit]:
    """A wide page with the laboratory's jury, which is quick, and few to watch."""
    visit = Visit(browser, address, query=QUICK)
    visit.looked_at("Lion")
    yield visit
    visit.close()
