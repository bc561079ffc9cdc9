"""Pictures, labels, networks and attacks chosen in Chromium, rightly and wrongly."""

from pathlib import Path

import gradio as gr
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from visiting import IN_CHROMIUM, MINUTE, Visit

pytestmark = IN_CHROMIUM


def test_a_wrong_guess_is_corrected_and_what_they_do_not_know_is_asked(wide: Visit) -> None:
    chips = wide.page.locator("#q-guess label")
    expect(chips).to_have_count(4, timeout=MINUTE)
    expect(chips.first).to_contain_text("Lion")
    second = chips.nth(1).inner_text().rsplit(" ", 1)[0].strip()
    chips.nth(1).click()
    expect(wide.page.locator("#q-label input")).to_have_value(second)
    wide.attack()
    expect(wide.page.locator("#q-verdict")).to_contain_text("wrong before the attack")
    wide.page.locator("#q-examples-tiny").get_by_role("button", name="Cheetah").click()
    expect(wide.page.locator("#q-verdict")).to_contain_text("does not recognise", timeout=MINUTE)
    wide.shot("unknown")
    wide.attack()  # the label was filled in, so the same picture can be attacked now
    chips.last.click()
    expect(wide.page.locator("#q-label")).to_contain_text("Type to search every name")
    expect(wide.page.locator("#q-label input")).to_be_focused()


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
    said, sentence = wide.page.locator("#q-verdict [role=alert]"), "cannot be read as a picture"
    for broken_off in ("png", "webp", None):  # a PNG can still be opened then, others cannot
        broken = tmp_path / f"{broken_off}.png"
        if broken_off:
            Image.open(lion).save(broken, broken_off)
            broken.write_bytes(broken.read_bytes()[:3000])
        else:
            broken.write_text("no picture at all")
        wide.page.get_by_label("Remove Image").first.click()
        expect(said).to_have_count(0, timeout=MINUTE)
        wide.page.locator("input[type=file]").first.set_input_files(broken)
        expect(said).to_contain_text(sentence, timeout=MINUTE)
    wide.page.click("#q-start")
    expect(said).to_contain_text(sentence, timeout=MINUTE)
    wide.shot("error")
    wide.page.get_by_role("button", name="Orange").click()
    wide.verdict()


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


def test_a_jury_of_the_ticked_is_attacked_as_one(wide: Visit) -> None:
    page = wide.page
    page.get_by_role("button", name="Change the jury").click()
    page.get_by_role("button", name="Attack a defence made of them").click()
    page.locator("#q-answering input").click()
    page.get_by_role("option", name="As one: Jury by vote").click()
    expect(page.locator("#q-as-a-defence")).to_contain_text("an attacker averages the gradients")
    expect(page.locator("#q-glance")).to_contain_text("Jury by vote of ResNet, DenseNet, ")
    expect(page.locator("#q-glance")).to_contain_text("Part of what is attacked")
    wide.attack()
    expect(page.locator(".q-counter[data-group=surrogate]")).to_contain_text("of 1")
    tile = page.locator('.q-tile[data-name="tiny/resnet&tiny/densenet&tiny/resnet-robust+vote"]')
    expect(tile).to_contain_text("Jury by vote of")
    expect(page.locator("#q-verdict")).to_contain_text("Part of what is attacked")
    wide.shot("a-defence-judged")
    assert not wide.outside
    assert not wide.errors


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


def test_a_photograph_of_your_own_is_cut_where_you_drag_it(
    browser: BrowserContext, address: str, tmp_path: Path
) -> None:
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
    visit.close()


def test_the_keyboard_alone_leads_from_the_open_page_to_the_verdict(browser: BrowserContext, address: str) -> None:
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
    visit.close()
