"""From the open page to the verdict and what can be done with it, in Chromium."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from visiting import IN_CHROMIUM, MINUTE, QUICK, Visit

from demo.attacks import RECIPES
from demo.pages.packs import listed
from demo.run.request import DEFAULT_ATTACK

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def ended(browser: BrowserContext, address: str) -> Iterator[Visit]:
    """A page whose run has ended. Several look at it, and leave it as they found it."""
    visit = Visit(browser, address, query=QUICK)
    visit.looked_at("Lion")
    visit.attack()
    yield visit
    visit.close()


def test_one_press_leads_to_a_verdict(visit: Visit, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    expect(visit.page.locator("#q-verdict")).to_contain_text("4 of 4 see “Cheetah”", timeout=MINUTE)
    expect(visit.page.locator("#q-start")).to_be_in_viewport()
    assert visit.page.locator(".q-tile").count() == len(listed("imagenet"))
    assert visit.page.evaluate("[...document.images].filter(image => !image.alt).map(image => image.src)") == []
    visit.shot(f"{name}-open")
    visit.page.click("#q-start")
    expect(visit.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    expect(visit.page.locator("#q-verdict")).to_be_in_viewport()
    expect(visit.page.locator("#q-stage .q-canvas")).to_be_in_viewport(ratio=0.9)
    assert visit.page.evaluate("scrollY") < 10, "a phone sees the run without scrolling, too"
    expect(visit.page.locator(".q-chart")).to_have_count(2, timeout=MINUTE)
    visit.verdict()
    expect(visit.page.locator(".q-counter[data-group=surrogate]")).to_contain_text("3 of 3")
    visit.page.locator(".q-tile summary").first.press("Enter")
    expect(visit.page.locator(".q-fives").first).to_be_visible()
    visit.shot(f"{name}-done")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert visit.outside == []
    assert visit.errors == []


def test_the_download_is_the_picture_that_was_judged(ended: Visit) -> None:
    with ended.page.expect_download() as caught:
        ended.page.click("#q-png")
    pixels = np.asarray(Image.open(caught.value.path())).astype(int)
    with ended.page.expect_download() as caught:
        ended.page.click("#q-json")
    run = json.loads(Path(caught.value.path()).read_text())
    assert run["verdict"].startswith("All 3 surrogates fooled")
    defaults = {knob.name: knob.default for knob in RECIPES[DEFAULT_ATTACK].knobs}
    assert run["settings"]["knobs"] == {name: list(v) if isinstance(v, tuple) else v for name, v in defaults.items()}
    sources = ended.page.locator(".q-compare > img").evaluate_all("images => images.map(image => image.src)")
    original, adversarial = (np.asarray(Image.open(io.BytesIO(base64.b64decode(s.split(",")[1])))) for s in sources[:2])
    assert (adversarial == pixels).all(), "the picture on the stage is the downloaded one"
    assert np.abs(original.astype(int) - pixels).max() == 12


def test_the_run_can_be_replayed_iteration_by_iteration(ended: Visit) -> None:
    with ended.page.expect_download() as caught:
        ended.page.click("#q-json")
    run = json.loads(Path(caught.value.path()).read_text())
    verdict = ended.page.locator("#q-verdict").inner_text()
    ended.page.locator(".q-iteration").fill("3")
    expect(ended.page.locator(".q-scrub output")).to_have_text("iteration 3 of 10")
    third = run["iterations"][3]
    for name in run["settings"]["surrogates"]:
        answer, chance = third["answers"][name]
        assert third["confidence"][name] <= chance + 1e-6
        expect(ended.page.locator(f".q-tile[data-name='{name}'] b")).to_have_text(f"{answer} {chance:.0%}")
    fell = sum(third["answers"][name][0] != "Lion" for name in run["settings"]["surrogates"])
    expect(ended.page.locator(".q-counter[data-group=surrogate] .q-number")).to_have_text(str(fell))
    ended.page.locator("#q-verdict h2").click()
    ended.page.keyboard.press("ArrowLeft")
    expect(ended.page.locator(".q-scrub output")).to_have_text("iteration 2 of 10")
    ended.page.keyboard.press("Escape")
    expect(ended.page.locator(".q-scrub output")).to_have_text("iteration 10 of 10")
    assert ended.page.locator("#q-verdict").inner_text() == verdict
    ended.page.keyboard.press(" ")
    expect(ended.page.locator(".q-scrub output")).to_have_text("iteration 10 of 10", timeout=MINUTE)


def test_what_was_added_can_be_looked_at_and_all_tiles_opened(ended: Visit) -> None:
    ended.page.get_by_role("button", name="×8").click()
    expect(ended.page.locator(".q-added[data-look='8']")).to_be_visible()
    ended.page.get_by_role("button", name="picture", exact=True).click()
    expect(ended.page.locator(".q-added[data-look='8']")).to_be_hidden()
    ended.page.get_by_role("button", name="Five best guesses of all").click()
    expect(ended.page.locator(".q-tile:not([open])")).to_have_count(0)


def test_charts_are_drawn_when_they_are_opened_and_what_has_changed_since_is_said_until_the_next_run(
    wide: Visit,
) -> None:
    asked: list[str] = []
    wide.page.on("request", lambda request: asked.append(request.url))
    wide.attack()
    assert [url for url in asked if "Plotly" in url] == [], "the script is larger than the rest of the run"
    charts, door = wide.page.locator(".js-plotly-plot"), wide.page.get_by_role("button", name="The charts, with every")
    door.click()
    expect(charts).to_have_count(2, timeout=MINUTE)
    expect(wide.page.locator(".q-stale")).to_have_count(0)
    wide.page.get_by_label("number input for Iterations").fill("3")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    expect(wide.page.locator(".q-stale")).to_have_count(1)
    wide.attack()
    expect(wide.page.locator(".q-stale")).to_have_count(0)
    length = "() => document.querySelector('.js-plotly-plot')?.data[0].x.length === 4"
    wide.page.wait_for_function(length, timeout=MINUTE)
    door.click()
    expect(charts).to_have_count(0)
    assert wide.errors == []


def test_copies_are_copies_still(ended: Visit) -> None:
    assert ended.page.evaluate("structuredClone('one') === 'one' && structuredClone(null) === null")
    assert (
        ended.page.evaluate("(() => { const a = {b: [1]}, c = structuredClone(a); c.b[0] = 2; return a.b[0]; })()") == 1
    )
    for thing in ("Symbol()", "() => 1"):
        assert (
            ended.page.evaluate(f"(() => {{ try {{ structuredClone({thing}); }} catch {{ return 'refused'; }} }})()")
            == "refused"
        )


def test_examples_wait_while_a_run_goes_on_and_stop_stops_it_and_the_next_run_works(wide: Visit) -> None:
    examples = wide.page.locator("#q-examples-tiny")
    wide.page.get_by_label("number input for Iterations").fill("100")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    wide.page.click("#q-start")
    expect(wide.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    expect(examples).to_have_css("pointer-events", "none")
    wide.page.click("#q-stop")
    expect(wide.page.locator("#q-verdict")).to_contain_text("Stopped", timeout=MINUTE)
    expect(wide.page.locator("#q-start")).to_be_visible()
    wide.page.wait_for_timeout(1500)
    expect(wide.page.locator("#q-verdict")).to_contain_text("Stopped")
    wide.page.get_by_label("number input for Iterations").fill("2")
    wide.page.get_by_label("number input for Iterations").press("Tab")
    wide.attack()
    expect(examples).not_to_have_css("pointer-events", "none")


def test_two_visitors_at_the_same_time(wide: Visit, browser: BrowserContext, address: str) -> None:
    other = Visit(browser, address, 390, "dark")
    wide.page.click("#q-start")
    other.page.click("#q-start")
    wide.verdict()
    other.verdict()
    other.close()


def test_the_screenshot_of_readme_shows_a_picture_of_this_project(browser: BrowserContext, address: str) -> None:
    visit = Visit(browser, address)
    visit.page.get_by_role("button", name="Lemon").click()
    visit.verdict()
    expect(visit.page.locator("#q-verdict h2")).to_contain_text("“Lemon”")
    visit.shot("screenshot", whole=False)
    visit.close()


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
