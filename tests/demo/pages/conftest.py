"""Chromium, visitors in it, and what is kept of them."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio.state_holder import StateHolder
from playwright.sync_api import BrowserContext, sync_playwright
from visiting import ARGUMENTS, CHROMIUM, QUICK, Visit


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Chromium keeps the page's scripts, compiled: who comes later has the page a third sooner."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module")
def browser(profile: Path) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)
        yield context
        context.close()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids="{0[0]}-{0[1]}".format)
def visit(request: pytest.FixtureRequest, browser: BrowserContext, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address, *request.param)
    yield visit
    visit.close()


@pytest.fixture
def wide(browser: BrowserContext, address: str) -> Iterator[Visit]:
    """A wide page with the laboratory's jury, which is quick, and few to watch."""
    visit = Visit(browser, address, query=QUICK)
    visit.looked_at("Lion")
    yield visit
    visit.close()


@pytest.fixture
def holder(address: str) -> StateHolder:
    """Where the page that is served keeps its visitors."""
    (found,) = (one.state_holder for one in gr.Blocks.get_instances() if one.is_running)
    return found
