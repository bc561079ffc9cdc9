"""A run is saved, read and the same again; whatever else is read gives a sentence."""

from __future__ import annotations

import base64
import copy
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from saving import ran

from demo import __version__
from demo.attacks.recipes import RECIPES
from demo.pages import report, sheets, stage, verdict
from demo.pages.curves import charts
from demo.run.reading import BLOCK, DAMAGED, read
from demo.run.rebuilding import kept
from demo.run.saved import Saved

HOSTILE = "<img src=x onerror=alert(1)>\"'</script><b>"
ASKED = {name: {"queries": 40} for name, recipe in RECIPES.items() if recipe.idea == "ask"}


def shown(one: Saved) -> tuple[str, str]:
    return stage.judged(one, charts(one)), verdict.judged(one.prepared, one.finished)


def changed(whole: Saved, *way: Any, to: Any) -> bytes:
    """The file with one thing in it changed. way: the keys that lead there."""
    document = copy.deepcopy(dict(whole.document))
    place = document
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = to
    return json.dumps(document).encode()


def png(pixels: np.ndarray, mode: str = "RGB", kind: str = "PNG") -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        *({"attack": name, "iterations": 2, "guards": {}, "knobs": ASKED.get(name, {})} for name in RECIPES),
        {"attack": "pgd", "surrogates": ["tiny/resnet"], "iterations": 30, "guards": {}},
        {"attack": "svre", "label": "Lion", "target": "Orange"},
        {"attack": "mora", "guards": {"random-resize-pad": {}}, "draws": 3},
    ],
    ids=lambda asked: f"{asked['attack']}-{asked.get('iterations')}",
)
def test_what_is_saved_is_read_and_looks_the_same(asked: dict[str, Any], lion: str) -> None:
    before = ran(lion, **asked)
    after = read(before.text().encode())
    assert shown(after) == shown(before)
    assert after.text() == before.text()
    assert after.finished.png == before.finished.png
    assert (after.finished.original == before.finished.original).all()


def test_a_run_that_is_read_can_be_looked_into_by_the_same_plan(whole: Saved) -> None:
    found = kept(read(whole.text().encode()), "cpu")
    assert found.plan.settings["surrogates"] == whole.document["settings"]["surrogates"]
    assert (found.plan.original == whole.finished.original).all()
    # Previews are no pictures that a network should be asked about.
    assert [frame.step for frame in found.finished.history] == [3]
    assert (found.frame(1).picture == whole.finished.adversarial).all()


def test_a_plan_that_cannot_be_had_is_a_sentence(whole: Saved) -> None:
    with pytest.raises(ValueError, match="Unknown pack 'zoo'"):
        kept(read(changed(whole, "settings", "pack", to="zoo")), "cpu")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is no run of Quorum"),
        (b"\x89PNG\r\n\x1a\n\0\xff", "This is no run of Quorum"),
        (b"[" * 100_000, "This is no run of Quorum"),
        (b'{"name": "somebody else"}', "This is no run of Quorum"),
        (b"[1, 2]", "This is no run of Quorum"),
        (b"<!doctype html><p>A page of somebody else", "This is no run of Quorum"),
        (b"<!doctype html><title>Quorum</title>", "the report breaks off"),
        (b"<!doctype html><title>Quorum</title>" + BLOCK.encode() + b'{"version": ', "the report breaks off"),
        (b"[" + b"0," * 10**6 + b"0]", "far more than a run does"),
        (b" " * (40 * 2**20 + 1), "more than 40 MB"),
    ],
    ids=lambda one: repr(one[:24]),
)
def test_what_is_no_run_is_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(content)


def test_a_file_that_breaks_off_is_a_sentence_wherever_it_does(whole: Saved) -> None:
    text, made = whole.text().encode(), report.made(whole)
    for content in (text, made[: made.index(b"</script>")]):
        for share in (0.05, 0.3, 0.7, 0.999):
            with pytest.raises(ValueError, match=r"This is no run|damaged"):
                read(content[: int(len(content) * share)])


@pytest.mark.parametrize(
    ("way", "to", "sentence"),
    [
        (["version"], "99.0.0", f"made by Quorum 99.0.0, and this is {re.escape(__version__)}"),
        (["version"], 9, "This is no run of Quorum"),
        (["settings", "attack"], "alchemy", "The attack “alchemy” of this run is not known here"),
        (["settings", "epsilon"], "12", "settings.epsilon"),
        (["settings", "epsilon"], 1, "further apart than its strength"),
        (["settings", "target"], 3, "settings.target"),
        (["jurors", 0, "juror", "color"], "red;background:url(//x)", "color"),
        (["jurors", 0, "juror", "group"], "judge", "group"),
        (["jurors", 0, "juror", "name"], "somebody", "do not fit"),
        (["jurors", 0, "after", "belief"], 1.5, "belief"),
        (["jurors", 0, "after", "draws"], 0, "draws"),
        (["jurors", 0, "after", "top"], [], "top"),
        (["jurors", 0, "before", "answer"], "x" * 201, "answer"),
        (["jurors"], [], "jurors"),
        (["iterations", 1, "step"], 2, "do not fit"),
        (["iterations", 1, "confidence"], {}, "do not fit"),
        (["iterations", 1, "answers"], {"nobody": ["Lion", 0.5]}, "do not fit"),
        (["iterations", 0, "weights"], {"tiny/resnet": 1.0}, "do not fit"),
        (["iterations", 0, "gradients"], True, "gradients"),
        (["iterations", 0, "details"], {"loss": "<b>"}, "details"),
        (["iterations"], [], "iterations"),
        (["replay", "steps"], 0, "steps"),
        (["replay", "look"], None, "look"),
        (["seconds"], float("nan"), "no run of Quorum|not JSON any more"),
        (["input"], "0" * 64, "pictures are not those"),
        (["notes"], ["x"] * 101, "notes"),
        (["pictures", "original"], "no base 64", "not whole"),
        (["pictures", "original"], png(np.zeros((64, 64, 3), np.uint8)), "pictures are not those"),
        (["pictures", "adversarial"], png(np.zeros((64, 64, 3), np.uint8)), "further apart"),
        (["pictures", "adversarial"], png(np.zeros((400, 400, 3), np.uint8)), "no square of at most 299"),
        (["pictures", "adversarial"], png(np.zeros((64, 64, 3), np.uint8), "L"), "no square"),
        (["pictures", "adversarial"], base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(), "cannot be read"),
        (["pictures", "previews"], [], "do not fit"),
        (["pictures", "previews", 0], None, "too many pictures of the way, or none"),
        (["pictures", "previews", 1], "javascript:alert(1)", "not one of ours"),
        (["pictures", "previews", 1], 'data:image/webp;base64,"onerror=', "not whole"),
        (
            ["pictures", "previews", 1],
            "data:image/webp;base64," + png(np.zeros((32, 32, 3), np.uint8), kind="WEBP"),
            "another size",
        ),
    ],
    ids=lambda one: ".".join(map(str, one)) if isinstance(one, list) else "",
)
def test_what_does_not_hold_together_is_a_sentence(way: list[Any], to: Any, sentence: str, whole: Saved) -> None:
    with pytest.raises(ValueError, match=sentence) as refusal:
        read(changed(whole, *way, to=to))
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("key", ["pictures", "replay"])
def test_a_record_without_its_pictures_says_so(key: str, whole: Saved) -> None:
    document = {name: one for name, one in whole.document.items() if name != key}
    with pytest.raises(ValueError, match="without its pictures, so that it cannot be replayed"):
        read(json.dumps(document).encode())


def test_a_number_without_end_is_a_sentence(whole: Saved) -> None:
    content = whole.text().replace('"seed": 0', '"seed": 1e999').encode()
    with pytest.raises(ValueError, match=re.escape(DAMAGED.format("it holds a number without end"))):
        read(content)


def hostile(one: Any, spare: tuple[str, ...] = ()) -> Any:
    """Every text that a file may choose freely, so that it would do harm where it is not escaped."""
    if isinstance(one, dict):
        return {name: value if name in spare else hostile(value, spare) for name, value in one.items()}
    if isinstance(one, list):
        return [hostile(value, spare) for value in one]
    return one + HOSTILE if isinstance(one, str) else one


def test_nothing_from_a_file_is_taken_for_html(whole: Saved) -> None:
    spare = ("version", "group", "color", "pictures", "attack", "input", "iterations", "look", "name")
    document = hostile(copy.deepcopy(dict(whole.document)), spare)
    document["notes"] = [HOSTILE]
    for frame in document["iterations"]:
        frame["answers"] = {name: [HOSTILE, chance] for name, (_, chance) in frame["answers"].items()}
    one = read(json.dumps(document).encode())
    drawn = [*shown(one), "".join(map(sheets.numbers, charts(one))), report.made(one).decode()]
    for html in drawn:
        assert HOSTILE[:10] not in html
        assert "</script><b>" not in html
        assert "&lt;img src=x onerror" in html
    made = drawn[-1]
    assert made.count("<script") == made.count("</script>") == 2
    assert read(made.encode()).text() == one.text()
