"""Chromium, and visitors in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from visiting import ARGUMENTS, CHROMIUM, Visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids="{0[0]}-{0[1]}".format)
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address, *request.param)
    yield visit
    visit.page.context.close()


@pytest.fixture
def wide(browser: Browser, address: str) -> Iterator[Visit]:
    """A wide page with the laboratory's jury, which is quick."""
    visit = Visit(browser, address)
    visit.choose("Laboratory")
    yield visit
    visit.page.context.close()
