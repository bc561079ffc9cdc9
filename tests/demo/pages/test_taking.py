"""What is taken away from a run, opened from a disk, and brought back, in Chromium."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio.state_holder import StateHolder
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from visiting import IN_CHROMIUM, MINUTE, Visit

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def taken(browser: BrowserContext, address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of one run, by the ids of their buttons, with the verdict beside them."""
    visit, folder = Visit(browser, address), tmp_path_factory.mktemp("taken")
    visit.choose("Laboratory")
    visit.attack()
    found = {}
    for button in ("png", "json", "report", "animation"):
        with visit.page.expect_download() as caught:
            visit.page.click(f"#q-{button}")
        found[button] = folder / caught.value.suggested_filename
        caught.value.save_as(found[button])
    found["verdict"] = folder / "verdict.txt"
    found["verdict"].write_text(visit.page.locator("#q-verdict h2").inner_text())
    expect(visit.page.locator("#q-file")).to_be_hidden()
    visit.shot("taking")
    assert visit.errors == []
    assert visit.outside == []
    visit.close()
    return found


def replayed(page: Page) -> list[str]:
    """What replay says at the first iteration and at the last."""
    slider, said = page.locator("#q-stage .q-iteration"), []
    for step in ("0", slider.get_attribute("max") or ""):
        slider.fill(step)
        said.append(page.locator("#q-stage output").inner_text())
        said.append(page.locator(".q-counter .q-number").first.inner_text())
    return said


def test_the_files_say_what_they_are(taken: dict[str, Path]) -> None:
    assert [taken[name].suffix for name in ("png", "json", "report", "animation")] == [
        ".png",
        ".json",
        ".html",
        ".webp",
    ]
    assert taken["animation"].stem.endswith("-preview")
    with Image.open(io.BytesIO(taken["animation"].read_bytes())) as moving:
        assert moving.n_frames == 11


@pytest.fixture
def unplugged(browser: BrowserContext) -> Iterator[BrowserContext]:
    browser.set_offline(True)
    yield browser
    browser.set_offline(False)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_a_report_opens_from_a_disk_without_a_network(
    width: int, theme: str, taken: dict[str, Path], unplugged: BrowserContext
) -> None:
    page, errors, asked = unplugged.new_page(), [], []
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("request", lambda r: asked.append(r.url) if not r.url.startswith("data:") else None)
    page.goto(taken["report"].as_uri())
    expect(page.locator("#q-verdict h2")).to_have_text(taken["verdict"].read_text())
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    assert page.locator("svg.q-chart").count() >= 2
    first, fell, last, _ = replayed(page)
    assert (first, fell, last) == ("iteration 0 of 10", "0", "iteration 10 of 10")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(18, 19, 21)") == (theme == "dark")
    shot(page, f"report-{width}-{theme}")
    assert asked == [taken["report"].as_uri()]
    assert errors == []
    page.close()


@pytest.mark.parametrize("kind", ["json", "report"])
def test_what_was_taken_away_is_brought_back(
    kind: str, browser: BrowserContext, address: str, taken: dict[str, Path]
) -> None:
    visit = Visit(browser, address)
    page = visit.page
    opened(visit, taken[kind])  # while the page may still be looking for the first time
    expect(page.locator("#q-verdict")).to_contain_text("A replay of a saved run", timeout=MINUTE)
    visit.verdict()
    expect(page.locator("#q-verdict h2")).to_have_text(taken["verdict"].read_text())
    expect(page.locator("#q-pack input:checked")).to_have_value("tiny")
    first, fell, last, _ = replayed(page)
    assert (first, fell, last) == ("iteration 0 of 10", "0", "iteration 10 of 10")
    with page.expect_download() as caught:
        page.click("#q-json")
    assert json.loads(caught.value.path().read_text()) == json.loads(taken["json"].read_text())
    page.wait_for_timeout(1000)
    expect(page.locator(".q-stale")).to_have_count(0)
    visit.shot(f"replay-{kind}")
    page.click("#q-to-gaze")
    expect(page.locator("#q-see .q-gazes figure").first).to_be_visible(timeout=MINUTE)
    assert visit.errors == []
    visit.close()


def test_a_damaged_file_gets_a_sentence_and_the_page_stays(
    browser: BrowserContext, address: str, taken: dict[str, Path], tmp_path: Path
) -> None:
    visit = Visit(browser, address)
    page = visit.page
    expect(page.locator("#q-verdict")).to_contain_text("4 of 4 see", timeout=MINUTE)
    damaged = tmp_path / "damaged.html"
    damaged.write_bytes(taken["report"].read_bytes()[:-30_000])
    opened(visit, damaged)
    expect(page.get_by_text("the report breaks off before its run is whole")).to_be_visible(timeout=MINUTE)
    page.get_by_role("tab", name="Attack").click()
    expect(page.locator("#q-verdict")).to_contain_text("4 of 4 see")
    expect(page.locator("#q-start")).to_be_visible()
    # The same button takes another file.
    opened(visit, taken["json"])
    expect(page.locator("#q-verdict")).to_contain_text("A replay of a saved run", timeout=MINUTE)
    assert visit.errors == []
    visit.close()


def test_who_comes_back_after_many_others_is_told_what_is_gone_and_can_go_on(wide: Visit, holder: StateHolder) -> None:
    wide.attack()
    holder.session_data.clear()
    wide.page.click("#q-report")
    expect(wide.page.locator(".toast-body")).to_contain_text("has left the memory: run it again first")
    wide.page.click("#q-another")
    expect(wide.page.locator("#q-another")).to_contain_text("EnsembleFool-A", timeout=MINUTE)
    wide.verdict()
    assert wide.page.locator(".toast-body").count() <= 1


def opened(visit: Visit, path: Path) -> None:
    visit.page.get_by_role("tab", name="Stories").click()
    with visit.page.expect_file_chooser() as chooser:
        visit.page.click("#q-open")
    chooser.value.set_files(path)


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("QUORUM_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
