"""The page as a visitor uses it, in Chromium. Screenshots go to QUORUM_SCREENSHOTS, where that is set."""

import base64
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import gradio as gr
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from demo.attacks import RECIPES
from demo.pages.packs import listed
from demo.run.request import DEFAULT_ATTACK
from demo.run.views import VIEWS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MINUTE = 60_000
# In CI a missing browser fails every one of these: tests that skip themselves there would check nothing.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visit:
    """A visitor's page that remembers what it asked other hosts for and what went wrong in it."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, theme: str = "light") -> None:
        self.page: Page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        self.outside: list[str] = []
        self.errors: list[str] = []
        host = urlparse(address).hostname
        self.page.on("request", lambda r: self._asked(r.url, str(host)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(f"{address}?__theme={theme}")
        expect(self.page.locator("#q-start")).to_be_visible(timeout=MINUTE)

    def _asked(self, url: str, host: str) -> None:
        if url.startswith("http") and urlparse(url).hostname != host:
            self.outside.append(url)

    def choose(self, pack: str) -> None:
        self.page.locator("#q-pack").get_by_text(pack, exact=True).click()
        expect(self.page.locator("#q-verdict")).to_contain_text("of 13 see", timeout=MINUTE)

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


def test_one_press_leads_to_a_verdict(visit: Visit, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    expect(visit.page.locator("#q-verdict")).to_contain_text("4 of 4 see “Cheetah”", timeout=MINUTE)
    assert visit.page.locator(".q-tile").count() == len(listed("imagenet"))
    visit.shot(f"{name}-open")
    visit.page.click("#q-start")
    expect(visit.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    expect(visit.page.locator("#q-verdict")).to_be_in_viewport()
    expect(visit.page.locator(".q-chart")).to_have_count(2, timeout=MINUTE)
    visit.verdict()
    expect(visit.page.locator(".q-counter[data-group=surrogate]")).to_contain_text("3 of 3")
    visit.page.locator(".q-tile summary").first.press("Enter")
    expect(visit.page.locator(".q-fives").first).to_be_visible()
    visit.shot(f"{name}-done")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert visit.outside == []
    assert visit.errors == []


def test_the_download_is_the_picture_that_was_judged(wide: Visit) -> None:
    wide.attack()
    with wide.page.expect_download() as caught:
        wide.page.click("#q-png")
    pixels = np.asarray(Image.open(caught.value.path())).astype(int)
    with wide.page.expect_download() as caught:
        wide.page.click("#q-json")
    run = json.loads(Path(caught.value.path()).read_text())
    assert run["verdict"].startswith("All 3 surrogates fooled")
    defaults = {knob.name: knob.default for knob in RECIPES[DEFAULT_ATTACK].knobs}
    assert run["settings"]["knobs"] == {name: list(v) if isinstance(v, tuple) else v for name, v in defaults.items()}
    sources = wide.page.locator(".q-compare > img").evaluate_all("images => images.map(image => image.src)")
    original, adversarial = (np.asarray(Image.open(io.BytesIO(base64.b64decode(s.split(",")[1])))) for s in sources[:2])
    assert (adversarial == pixels).all(), "the picture on the stage is the downloaded one"
    assert np.abs(original.astype(int) - pixels).max() == 12


def test_the_run_can_be_replayed_iteration_by_iteration(wide: Visit) -> None:
    wide.attack()
    with wide.page.expect_download() as caught:
        wide.page.click("#q-json")
    run = json.loads(Path(caught.value.path()).read_text())
    verdict = wide.page.locator("#q-verdict").inner_text()
    wide.page.locator(".q-iteration").fill("3")
    expect(wide.page.locator(".q-scrub output")).to_have_text("iteration 3 of 10")
    third = run["iterations"][3]
    for name in run["settings"]["surrogates"]:
        answer, chance = third["answers"][name]
        assert third["confidence"][name] <= chance + 1e-6
        expect(wide.page.locator(f".q-tile[data-name='{name}'] b")).to_have_text(f"{answer} {chance:.0%}")
    fell = sum(third["answers"][name][0] != "Lion" for name in run["settings"]["surrogates"])
    expect(wide.page.locator(".q-counter[data-group=surrogate] .q-number")).to_have_text(str(fell))
    wide.page.locator("#q-verdict h2").click()
    wide.page.keyboard.press("ArrowLeft")
    expect(wide.page.locator(".q-scrub output")).to_have_text("iteration 2 of 10")
    wide.page.keyboard.press("Escape")
    expect(wide.page.locator(".q-scrub output")).to_have_text("iteration 10 of 10")
    assert wide.page.locator("#q-verdict").inner_text() == verdict
    wide.page.keyboard.press(" ")
    expect(wide.page.locator(".q-scrub output")).to_have_text("iteration 10 of 10", timeout=MINUTE)


def test_a_verdict_says_that_the_settings_have_changed_since(wide: Visit) -> None:
    wide.attack()
    expect(wide.page.locator(".q-stale")).to_have_count(0)
    wide.page.get_by_label("number input for Iterations").fill("3")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    expect(wide.page.locator(".q-stale")).to_have_count(1)
    wide.attack()
    expect(wide.page.locator(".q-stale")).to_have_count(0)


def test_what_was_added_can_be_looked_at_and_all_tiles_opened(wide: Visit) -> None:
    wide.attack()
    wide.page.get_by_role("button", name="×8").click()
    expect(wide.page.locator(".q-added[data-look='8']")).to_be_visible()
    wide.page.get_by_role("button", name="picture", exact=True).click()
    expect(wide.page.locator(".q-added[data-look='8']")).to_be_hidden()
    wide.page.get_by_role("button", name="Five best guesses of all").click()
    expect(wide.page.locator(".q-tile:not([open])")).to_have_count(0)


def test_stop_stops_and_the_next_run_works(wide: Visit) -> None:
    wide.page.get_by_label("number input for Iterations").fill("100")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    wide.page.click("#q-start")
    expect(wide.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    wide.page.click("#q-stop")
    expect(wide.page.locator("#q-verdict")).to_contain_text("Stopped")
    expect(wide.page.locator("#q-start")).to_be_visible()
    wide.page.wait_for_timeout(1500)
    expect(wide.page.locator("#q-verdict")).to_contain_text("Stopped")
    wide.page.get_by_label("number input for Iterations").fill("2")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    wide.attack()


def test_an_example_runs_on_click_and_an_unknown_picture_is_met_kindly(wide: Visit) -> None:
    wide.page.get_by_role("button", name="Cheetah").click()
    expect(wide.page.locator("#q-verdict")).to_contain_text("does not recognise", timeout=MINUTE)
    wide.shot("unknown")
    wide.attack()  # the label was filled in, so the same picture can be attacked now


def test_a_wrong_guess_is_corrected_with_one_click(wide: Visit) -> None:
    chips = wide.page.locator("#q-guess label")
    expect(chips).to_have_count(4, timeout=MINUTE)
    expect(chips.first).to_contain_text("Lion")
    second = chips.nth(1).inner_text().rsplit(" ", 1)[0].strip()
    chips.nth(1).click()
    expect(wide.page.locator("#q-label input")).to_have_value(second)
    wide.attack()
    expect(wide.page.locator("#q-verdict")).to_contain_text("wrong before the attack")


def test_examples_wait_while_a_run_goes_on(wide: Visit) -> None:
    examples = wide.page.locator("#q-examples-tiny")
    wide.page.click("#q-start")
    expect(wide.page.locator("#q-stop")).to_be_visible(timeout=MINUTE)
    expect(examples).to_have_css("pointer-events", "none")
    wide.verdict()
    expect(examples).not_to_have_css("pointer-events", "none")


def test_a_new_picture_is_looked_at_before_it_is_attacked(wide: Visit, pictures_by_name: dict[str, str]) -> None:
    wide.attack()
    wide.page.get_by_label("Remove Image").first.click()
    expect(wide.page.locator("#q-results")).to_be_hidden(timeout=MINUTE)
    wide.page.locator("input[type=file]").first.set_input_files(pictures_by_name["Orange"])
    expect(wide.page.locator("#q-verdict")).to_contain_text("see “Orange”", timeout=MINUTE)
    wide.attack()


def test_a_file_that_is_no_picture_gets_a_sentence_and_the_next_one_works(
    wide: Visit, lion: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(Path(lion).read_bytes()[:3000])
    wide.page.get_by_label("Remove Image").first.click()
    wide.page.locator("input[type=file]").first.set_input_files(broken)
    expect(wide.page.locator("#q-verdict [role=alert]")).to_contain_text("cannot be read as a picture", timeout=MINUTE)
    wide.page.click("#q-start")
    expect(wide.page.locator("#q-verdict [role=alert]")).to_contain_text("cannot be read as a picture", timeout=MINUTE)
    wide.shot("error")
    wide.page.get_by_role("button", name="Orange").click()
    wide.verdict()


def test_two_visitors_at_the_same_time(wide: Visit, browser: Browser, address: str) -> None:
    other = Visit(browser, address, 390, "dark")
    wide.page.click("#q-start")
    other.page.click("#q-start")
    wide.verdict()
    other.verdict()
    other.page.context.close()


def test_nobody_ticked_is_a_sentence_and_what_was_there_stays(wide: Visit) -> None:
    wide.attack()
    wide.page.get_by_role("button", name="Change the jury").click()
    for place in range(3):
        wide.page.locator("#q-surrogates input").nth(place).uncheck()
    expect(wide.page.locator("#q-choices")).to_contain_text("Tick at least one")
    wide.page.click("#q-start")
    expect(wide.page.locator("#q-verdict [role=alert]")).to_contain_text("tick at least one", timeout=MINUTE)
    expect(wide.page.locator(".q-frames")).to_be_attached()
    expect(wide.page.locator("#q-png")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessibility(browser: Browser, address: str, theme: str) -> None:
    visit = Visit(browser, address, theme=theme)
    visit.attack()
    visit.page.get_by_role("button", name="The charts, with every value").click()
    expect(visit.page.locator(".js-plotly-plot")).to_have_count(2, timeout=MINUTE)
    found = Axe().run(visit.page).response["violations"]
    serious = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    visit.page.context.close()
    assert serious == []


def test_compare_sets_attacks_side_by_side_and_loads_the_best(wide: Visit) -> None:
    wide.page.get_by_role("tab", name="Compare").click()
    wide.page.get_by_label("number input for Gradients for each").fill("20")
    wide.page.get_by_label("number input for Gradients for each").press("Tab")
    wide.page.click("#q-compare")
    expect(wide.page.locator(".q-contest .q-tag")).to_be_visible(timeout=MINUTE)
    expect(wide.page.locator(".q-contest .q-card")).to_have_count(4)
    expect(wide.page.locator(".q-table tr").nth(2).locator("td")).to_have_count(4)
    with wide.page.expect_download() as caught:
        wide.page.click("#q-comparison")
    told = json.loads(Path(caught.value.path()).read_text())
    assert told["best"] == min(told["areas"], key=told["areas"].get)
    best = wide.page.locator(".q-contest .q-card:has(.q-tag) h2").inner_text().split("★")[0].strip()
    wide.shot("compare")
    wide.page.click("#q-take")
    expect(wide.page.locator("#q-attack input")).to_have_value(best)
    wanted = str(len(told["runs"][told["best"]]["iterations"]) - 1)
    expect(wide.page.get_by_label("number input for Iterations")).to_have_value(wanted)
    expect(wide.page.locator("#q-start")).to_be_visible()


def test_a_comparison_can_be_stopped(wide: Visit) -> None:
    wide.page.get_by_role("tab", name="Compare").click()
    wide.page.get_by_label("number input for Gradients for each").fill("300")
    wide.page.get_by_label("number input for Gradients for each").press("Tab")
    wide.page.click("#q-compare")
    stage = wide.page.locator("#q-contest")
    expect(stage).to_contain_text("iteration", timeout=MINUTE)
    wide.page.click("#q-compare-stop")
    expect(stage).to_contain_text("Stopped")
    expect(wide.page.locator("#q-compare")).to_be_visible()
    wide.page.wait_for_timeout(1500)
    expect(stage).to_contain_text("Stopped")
    expect(stage).not_to_contain_text("iteration")


def test_the_attack_menu_brings_its_sentence_and_its_knobs(wide: Visit) -> None:
    wide.page.get_by_role("button", name="More").click()
    expect(wide.page.get_by_label("Weight δ of a stubborn surrogate")).to_be_hidden()
    wide.page.locator("#q-attack input").click()
    wide.page.get_by_role("option", name="EnsembleFool-C").click()
    expect(wide.page.get_by_label("Weight δ of a stubborn surrogate")).to_be_visible()
    wide.page.locator("#q-idea").get_by_text("One gradient").click()
    wide.page.locator("#q-attack input").click()
    wide.page.get_by_role("option", name="DeepFool").click()
    expect(wide.page.get_by_label("Make the jury say something particular")).to_be_disabled()
    expect(wide.page.locator("#q-choices")).to_contain_text("nearest wrong class")


def test_the_screenshot_of_readme_shows_a_picture_of_this_project(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    visit.page.get_by_role("button", name="Lemon").click()
    visit.verdict()
    expect(visit.page.locator("#q-verdict h2")).to_contain_text("“Lemon”")
    visit.shot("screenshot", whole=False)
    visit.page.context.close()


def test_the_attack_button_is_in_sight_when_the_page_opens(visit: Visit) -> None:
    expect(visit.page.locator("#q-start")).to_be_in_viewport()


def test_a_photograph_of_your_own_is_cut_where_you_drag_it(browser: Browser, address: str, tmp_path: Path) -> None:
    """A landscape photograph by code: the lion on the left of an empty wall."""
    lion = Image.open(gr.get_image("lion.jpg")).convert("RGB").resize((300, 300))
    wall = Image.new("RGB", (900, 300), (120, 130, 140))
    wall.paste(lion, (0, 0))
    wall.save(tmp_path / "holiday.png")
    visit = Visit(browser, address)
    visit.page.get_by_label("Remove Image").first.click()
    expect(visit.page.locator("#q-verdict")).to_contain_text("no picture yet", timeout=MINUTE)
    visit.page.locator("input[type=file]").first.set_input_files(tmp_path / "holiday.png")
    crop = visit.page.locator(".q-crop")
    expect(crop).to_be_visible(timeout=MINUTE)
    expect(visit.page.locator("#q-verdict")).not_to_contain_text("Lion")
    crop.scroll_into_view_if_needed()
    box = crop.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.page.mouse.move(*middle)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 5, middle[1], steps=6)
    visit.page.mouse.up()
    expect(visit.page.locator("#q-verdict")).to_contain_text("4 of 4 see “Lion”", timeout=MINUTE)
    visit.shot("crop")
    visit.attack()
    expect(visit.page.locator(".q-counter[data-group=surrogate]")).to_contain_text("3 of 3")
    assert visit.errors == []
    visit.page.context.close()


def test_what_they_do_not_know_is_asked(wide: Visit) -> None:
    wide.page.locator("#q-examples-tiny").get_by_role("button", name="Cheetah").click()
    expect(wide.page.locator("#q-verdict")).to_contain_text("does not recognise", timeout=MINUTE)
    wide.page.locator("#q-guess label").last.click()
    expect(wide.page.locator("#q-label")).to_contain_text("Type to search every name")
    expect(wide.page.locator("#q-label input")).to_be_focused()


def test_the_keyboard_alone_leads_from_the_open_page_to_the_verdict(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    expect(visit.page.locator("#q-verdict")).to_contain_text("of 4 see", timeout=MINUTE)
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.matches('.q-skip, #q-start')"):
            break
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#q-start")).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.verdict()
    expect(visit.page.locator(".q-verdict")).to_be_focused()
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.page.locator(".q-scrub output")).to_have_text("iteration 9 of 10")
    visit.page.context.close()


def test_a_phone_sees_the_run_without_scrolling(browser: Browser, address: str) -> None:
    visit = Visit(browser, address, width=390)
    expect(visit.page.locator("#q-verdict")).to_contain_text("of 4 see", timeout=MINUTE)
    visit.page.click("#q-start")
    expect(visit.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    expect(visit.page.locator("#q-stage .q-canvas")).to_be_in_viewport(ratio=0.9)
    assert visit.page.evaluate("scrollY") < 10
    visit.verdict()
    visit.page.context.close()


def test_the_next_thing_to_try_is_one_press_away(wide: Visit) -> None:
    wide.attack()
    expect(wide.page.locator("#q-onward")).to_be_visible()
    wide.page.click("#q-least")
    expect(wide.page.locator("#q-verdict")).to_contain_text("is the least at which", timeout=MINUTE)
    strength = float(wide.page.get_by_label("number input for Strength").input_value())
    assert f"{strength:g}/255 is the least" in wide.page.locator("#q-verdict").inner_text()
    assert 1 <= strength <= 12
    wide.page.click("#q-another")
    expect(wide.page.locator("#q-attack input")).to_have_value("CWA", timeout=MINUTE)
    expect(wide.page.locator("#q-another")).to_contain_text("EnsembleFool-A", timeout=MINUTE)
    wide.verdict()
    assert wide.errors == []


def test_back_leads_to_the_tab_before(wide: Visit) -> None:
    wide.page.get_by_role("tab", name="Compare").click()
    expect(wide.page.locator("#q-compare")).to_be_visible()
    wide.page.go_back()
    expect(wide.page.locator("#q-start")).to_be_visible()


def test_why_can_be_seen_of_the_run_on_the_stage(wide: Visit) -> None:
    page = wide.page
    page.get_by_role("tab", name="See why").click()
    expect(page.locator("#q-see")).to_contain_text("Nothing to look into yet")
    page.get_by_role("tab", name="Attack").click()
    wide.attack()
    for name, view in VIEWS.items():
        page.get_by_role("tab", name="Attack").click()
        page.click(f"#q-to-{name}")
        expect(page.locator("#q-see h2").first).to_have_text(view.title, timeout=MINUTE)
        expect(page.locator("#q-see table.q-table").first).to_be_visible(timeout=MINUTE)
        expect(page.locator("#q-view-stop")).to_be_hidden(timeout=MINUTE)
        expect(page.locator("#q-view-step")).to_be_visible(visible=view.by_step)
    page.locator("#q-view").get_by_text(VIEWS["ways"].title).click()
    expect(page.locator("#q-see")).to_contain_text("at iteration 10")
    number = page.locator("#q-view-step input[type=range]")
    number.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    number.dispatch_event("pointerup")
    expect(page.locator("#q-see")).to_contain_text("at iteration 6", timeout=MINUTE)
    assert not wide.errors


def test_a_view_can_be_stopped_and_another_one_takes_its_place(wide: Visit) -> None:
    page = wide.page
    wide.attack()
    page.click("#q-to-knob")
    page.click("#q-view-stop", timeout=MINUTE)
    expect(page.locator("#q-see")).to_contain_text("Stopped", timeout=MINUTE)
    page.locator("#q-view").get_by_text(VIEWS["knob"].title).click()
    page.locator("#q-view").get_by_text(VIEWS["ways"].title).click()
    expect(page.locator("#q-see h3").first).to_contain_text("brighter or darker", timeout=MINUTE)
    expect(page.locator("#q-view-stop")).to_be_hidden(timeout=MINUTE)
    expect(page.locator("#q-see h2").first).to_have_text(VIEWS["ways"].title)


def test_ones_own_pictures_are_run_through_the_jury(
    wide: Visit, pictures_by_name: dict[str, str], tmp_path: Path
) -> None:
    page = wide.page
    wide.attack()
    expect(page.locator("#q-own")).to_be_hidden()
    page.click("#q-to-transfer")
    expect(page.locator("#q-view-stop")).to_be_visible(timeout=MINUTE)
    expect(page.locator("#q-see")).to_contain_text("On the picture on the stage", timeout=MINUTE)
    expect(page.locator("#q-view-stop")).to_be_hidden(timeout=MINUTE)
    link = page.locator("#q-see .q-matrix a").nth(1)
    assert "surrogates=" in (link.get_attribute("href") or "")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.set_input_files("#q-own-files input[type=file]", [pictures_by_name["Lion"], str(broken)])
    expect(page.locator("#q-own-files")).to_contain_text("broken")
    page.click("#q-own-go")
    expect(page.locator("#q-own-stop")).to_be_visible(timeout=MINUTE)
    expect(page.locator("#q-own-shown table")).to_be_visible(timeout=MINUTE)
    expect(page.locator("#q-own-shown")).to_contain_text("broken.png: This file cannot be read")
    expect(page.locator("#q-own-stop")).to_be_hidden(timeout=MINUTE)
    page.click("#q-own-go")
    page.click("#q-own-stop", timeout=MINUTE)
    expect(page.locator("#q-own-shown")).to_contain_text("Stopped", timeout=MINUTE)
    assert not wide.errors


def test_no_picture_is_without_words(visit: Visit) -> None:
    expect(visit.page.locator(".q-tile").first).to_be_visible(timeout=MINUTE)
    assert visit.page.evaluate("[...document.images].filter(image => !image.alt).map(image => image.src)") == []
