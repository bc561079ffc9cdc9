"""What the page does when something breaks that should not."""

import pytest

from demo.pages import attack, opening, running


def test_a_defect_is_said_and_logged_and_the_button_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attack.choices, "asked", lambda values: values)
    monkeypatch.setattr(running, "ask", lambda values: values["nothing of that name"])
    first, last = attack.stream({}, {name: name for name in ("stage", "opening", "start", "stop")})  # type: ignore[misc]
    assert first["start"]["visible"] is False
    assert "Something went wrong on our side" in last["stage"]
    assert last["start"]["visible"] is True
    assert last["stop"]["visible"] is False
    assert "KeyError" in caplog.text


def test_looking_at_the_page_makes_nobody_fetch_a_network(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "first_look", None)
    assert opening.said(lion, "crop", "imagenet")["visible"] is False
    assert opening.said(None, "crop", "tiny")["visible"] is False


def test_a_defect_while_looking_is_said_too(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "first_look", None)
    assert "Something went wrong on our side" in opening.said(lion, "crop", "tiny")["value"]


def test_a_picture_that_nobody_knows_is_not_called_something(pictures_by_name: dict[str, str]) -> None:
    assert "they are unsure" in opening.said(pictures_by_name["Cheetah"], "crop", "tiny")["value"]
