"""The tabs beside the first one, and that everybody can use them, in Chromium."""

import json
from pathlib import Path

from playwright.sync_api import BrowserContext, expect
from visiting import IN_CHROMIUM, MINUTE, QUICK, Visit, barriers

from demo.run.views import VIEWS

pytestmark = IN_CHROMIUM
DARK = "dark => document.body.classList.toggle('dark', dark)"
FADED = (
    "document.getAnimations().every("
    "one => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)"
)
STOP = (
    "[...document.querySelectorAll('#q-view-stop')].filter(button => button.offsetParent).map(button => button.click())"
)
DATA_VALUES = "cells => cells.map(cell => cell.dataset.value)"


def test_everybody_can_use_every_view(browser: BrowserContext, address: str) -> None:
    visit = Visit(browser, address, query=QUICK)
    page = visit.page
    found: dict[str, list[str]] = {}

    def colours(dark: bool) -> None:
        page.evaluate(DARK, dark)
        page.wait_for_function(FADED)

    def look_over(name: str, within: str | None = None) -> None:
        found[name] = barriers(page, within=within)
        colours(True)
        found[f"{name}, dark"] = barriers(page, "color-contrast", within=within)  # nothing else is another there
        colours(False)

    page.get_by_role("tab", name="Stories").click()
    expect(page.locator("#q-tell-tour")).to_be_visible()
    look_over("stories")
    page.get_by_role("tab", name="Lab").click()
    expect(page.locator("#q-lab-shown .q-sorted")).to_be_visible()
    look_over("lab")
    page.get_by_role("tab", name="See why").click()
    expect(page.locator("#q-see")).to_contain_text("Nothing to look into yet")
    page.get_by_role("tab", name="Attack").click()
    visit.attack()
    page.get_by_role("button", name="The charts, with every value").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=MINUTE)
    look_over("attack")
    for place, (name, view) in enumerate(VIEWS.items()):
        page.get_by_role("tab", name="Attack").click()
        page.click(f"#q-to-{name}")
        expect(page.locator("#q-see h2").first).to_have_text(view.title, timeout=MINUTE)
        expect(page.locator("#q-see table.q-table").first).to_be_visible(timeout=MINUTE)
        page.evaluate(STOP)  # from its first table on it is made of the same
        expect(page.locator("#q-view-stop")).to_be_hidden(timeout=MINUTE)
        expect(page.locator("#q-view-step")).to_be_visible(visible=view.by_step)
        look_over(name, "#q-see" if place else None)  # around it nothing is another from view to view
    page.get_by_role("tab", name="Attack").click()
    page.click("#q-to-stage")
    expect(page.locator("#q-talk-bar")).to_be_visible()
    look_over("stage")
    assert visit.errors == []
    visit.close()
    assert found == {name: [] for name in found}


def test_a_table_of_the_lab_is_sorted_and_a_number_opens_its_attack(browser: BrowserContext, address: str) -> None:
    visit = Visit(browser, address, query=QUICK)
    page = visit.page
    page.get_by_role("tab", name="Lab").click()
    table = page.locator("#q-lab-shown .q-sorted")
    head = table.locator("thead button").nth(1)
    for order, turn in (("descending", -1), ("ascending", 1)):
        head.click()
        expect(table.locator("th").nth(1)).to_have_attribute("aria-sort", order)
        values = [float(one) for one in table.locator("tbody tr td:nth-child(2)").evaluate_all(DATA_VALUES) if one]
        assert values == sorted(values, key=lambda one: turn * one)
    visit.shot("lab")
    expect(page.locator("#q-verdict")).to_contain_text(" see “", timeout=MINUTE)  # leaving breaks off no look
    link = page.locator("#q-lab-shown td a").first
    words = str(link.get_attribute("aria-label"))
    link.click()
    expect(page.locator("#q-start")).to_be_visible(timeout=MINUTE)
    assert "Try it in the Attack tab" in words
    assert "attack=" in page.url
    assert visit.errors == []
    visit.close()


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


def test_a_comparison_can_be_stopped_and_back_leads_to_the_tab_before(wide: Visit) -> None:
    wide.page.get_by_role("tab", name="Compare").click()
    wide.page.get_by_label("number input for Gradients for each").fill("300")
    wide.page.get_by_label("number input for Gradients for each").press("Tab")
    wide.page.click("#q-compare")
    stage = wide.page.locator("#q-contest")
    expect(stage).to_contain_text("iteration", timeout=MINUTE)
    wide.page.click("#q-compare-stop")
    expect(stage).to_contain_text("Stopped", timeout=MINUTE)
    expect(wide.page.locator("#q-compare")).to_be_visible()
    wide.page.wait_for_timeout(1500)
    expect(stage).to_contain_text("Stopped")
    expect(stage).not_to_contain_text("iteration")
    wide.page.go_back()
    expect(wide.page.locator("#q-start")).to_be_visible()


def test_a_view_follows_the_iteration_that_is_chosen_and_can_be_stopped_for_another_one(wide: Visit) -> None:
    page = wide.page
    wide.attack()
    page.click("#q-to-ways")
    expect(page.locator("#q-see")).to_contain_text("at iteration 10", timeout=MINUTE)
    number = page.locator("#q-view-step input[type=range]")
    number.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    number.dispatch_event("pointerup")
    expect(page.locator("#q-see")).to_contain_text("at iteration 6", timeout=MINUTE)
    page.get_by_role("tab", name="Attack").click()
    page.click("#q-to-knob")
    page.click("#q-view-stop", timeout=MINUTE)
    expect(page.locator("#q-see")).to_contain_text("Stopped", timeout=MINUTE)
    page.locator("#q-view").get_by_text(VIEWS["knob"].title).click()
    page.locator("#q-view").get_by_text(VIEWS["ways"].title).click()
    expect(page.locator("#q-see h3").first).to_contain_text("brighter or darker", timeout=MINUTE)
    expect(page.locator("#q-view-stop")).to_be_hidden(timeout=MINUTE)
    expect(page.locator("#q-see h2").first).to_have_text(VIEWS["ways"].title)
    assert not wide.errors


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
