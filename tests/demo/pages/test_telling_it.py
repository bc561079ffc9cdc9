"""The tour, stories and settings by link, the guess, and stage mode, in Chromium."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect
from visiting import IN_CHROMIUM, MINUTE, QUICK, Visit

from demo.run.bet import GUESSES
from demo.run.stories import STORIES, TOUR

pytestmark = IN_CHROMIUM
Come = Callable[..., Visit]


@pytest.fixture
def come(browser: BrowserContext, address: str) -> Iterator[Come]:
    """Comes by a link's query."""
    visits: list[Visit] = []

    def by(query: str = "", **more: int) -> Visit:
        visits.append(Visit(browser, address, query=query, **more))
        return visits[-1]

    yield by
    for visit in visits:
        visit.close()


def test_the_tour_is_walked_to_its_end_and_back(come: Come) -> None:
    visit = come()
    visit.page.get_by_role("tab", name="Stories").click()
    visit.page.click("#q-tell-tour")
    for place, step in enumerate(TOUR, start=1):
        words = visit.page.locator("#q-story-words")
        expect(words).to_contain_text(f"The tour, {place} of {len(TOUR)}", timeout=MINUTE)
        expect(words).to_contain_text(step.title)
        if step.story:
            expect(visit.page.locator("#q-verdict")).to_contain_text(STORIES[step.story].lesson, timeout=MINUTE)
            visit.verdict()
            expect(visit.page.locator("#q-story-again")).to_be_visible()
            visit.page.click("#q-story-next")
    expect(visit.page.locator("#q-story-next")).to_have_count(0)
    visit.page.click("#q-story-back")
    # It was recorded: nothing is run anew, and nothing has changed since.
    expect(visit.page.locator("#q-verdict")).to_contain_text(STORIES[TOUR[-2].story].lesson, timeout=5000)
    visit.page.wait_for_timeout(1000)
    expect(visit.page.locator(".q-stale")).to_have_count(0)
    visit.page.click("#q-story-end")
    expect(visit.page.locator("#q-story")).to_have_count(0)
    assert visit.errors == []


def test_a_link_tells_a_story(come: Come) -> None:
    visit = come("story=stubborn")
    expect(visit.page.locator("#q-verdict")).to_contain_text(STORIES["stubborn"].lesson, timeout=MINUTE)
    visit.verdict()
    expect(visit.page.locator("#q-pack input:checked")).to_have_value("tiny")
    expect(visit.page.get_by_label("number input for Strength")).to_have_value("8")
    assert visit.errors == []


def test_a_link_sets_the_page(come: Come) -> None:
    visit = come(
        'pack=tiny&attack=cwa&epsilon=5.5&iterations=2&surrogates=tiny/regnet,tiny/xcit&knobs={"momentum":0.5}'
    )
    expect(visit.page.locator("#q-attack input")).to_have_value("CWA", timeout=MINUTE)
    expect(visit.page.get_by_label("number input for Strength")).to_have_value("5.5")
    visit.attack()
    expect(visit.page.locator(".q-counter[data-group=surrogate]")).to_contain_text("of 2")
    with visit.page.expect_download() as caught:
        visit.page.click("#q-json")
    told = json.loads(caught.value.path().read_text())
    assert told["settings"]["knobs"]["momentum"] == 0.5
    assert told["settings"]["surrogates"] == ["tiny/regnet", "tiny/xcit"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pack=zoo", "This link asks for the jury “zoo”"),
        ("epsilon=-1", "This link cannot be followed"),
        ("story=never", "There is no story “never”"),
    ],
)
def test_nonsense_in_a_link_is_said_and_the_page_opens_as_ever(query: str, words: str, come: Come) -> None:
    visit = come(query)
    expect(visit.page.get_by_text(words)).to_be_visible(timeout=MINUTE)
    expect(visit.page.locator("#q-verdict")).to_contain_text("4 of 4 see", timeout=MINUTE)
    expect(visit.page.locator("#q-attack input")).to_have_value("EnsembleFool-A")


def test_the_verdict_answers_the_guess(come: Come) -> None:
    visit = come(QUICK)
    visit.looked_at("Lion")
    visit.page.locator("#q-bet").get_by_text(GUESSES["nobody"], exact=True).click()
    visit.attack()
    expect(visit.page.locator("#q-verdict")).to_contain_text("You guessed “nobody”; it was")
    expect(visit.page.locator("#q-bet")).to_have_count(0)
    visit.page.click("#q-start")
    expect(visit.page.locator("#q-verdict [role=progressbar]")).to_be_visible(timeout=MINUTE)
    visit.verdict()
    expect(visit.page.locator("#q-verdict")).not_to_contain_text("You guessed")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (390, 844)])
def test_stage_mode_shows_little_and_all_of_it(width: int, height: int, come: Come) -> None:
    visit = come("stage", width=width, height=height)
    page = visit.page
    expect(page.locator("#q-start")).to_be_hidden()
    expect(page.locator("#q-verdict")).to_contain_text("of 4 see", timeout=MINUTE)
    page.keyboard.press("PageDown")
    for story in list(STORIES.values())[:2]:
        expect(page.locator("#q-story-words")).to_contain_text(story.title, timeout=MINUTE)
        expect(page.locator("#q-verdict")).to_contain_text(story.lesson, timeout=MINUTE)
        expect(page.locator("#q-stage .q-chart").first).to_be_in_viewport(ratio=0.9)
        expect(page.locator("#q-stage .q-canvas")).to_be_in_viewport(ratio=0.9)
        expect(page.locator("#q-talk-bar")).to_be_in_viewport(ratio=1)
        expect(page.locator("#q-stage .q-frames")).to_be_attached(timeout=MINUTE)
        visit.shot(f"talk-{width}", whole=False)
        page.keyboard.press("n")
    page.keyboard.press("f")
    expect(page.locator("#q-choices")).to_be_visible()
    expect(page.locator("#q-to-stage")).to_be_focused()
    assert visit.errors == []


def test_the_camera_is_one_press_away_in_stage_mode(come: Come) -> None:
    visit = come("stage")
    expect(visit.page.locator("#q-verdict")).to_contain_text("of 4 see", timeout=MINUTE)
    visit.page.keyboard.press("c")
    sees = "document.querySelector('#q-picture video')?.videoWidth > 0"  # before that, Gradio's button takes nothing
    visit.page.wait_for_function(sees, timeout=MINUTE)
    visit.page.get_by_label("capture photo").click()
    expect(visit.page.locator("#q-choices")).to_be_hidden(timeout=MINUTE)
    expect(visit.page.locator(".q-crop")).to_be_visible(timeout=MINUTE)
