"""What the page does when something breaks that should not."""

import pytest

from demo.pages import attack, running


def test_a_defect_is_said_and_logged_and_the_button_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attack.choices, "asked", lambda values: values)
    monkeypatch.setattr(running, "ask", lambda values: values["nothing of that name"])
    first, last = attack.stream({}, {name: name for name in ("stage", "start", "stop")})  # type: ignore[misc]
    assert first["start"]["visible"] is False
    assert "Something went wrong on our side" in last["stage"]
    assert last["start"]["visible"] is True
    assert last["stop"]["visible"] is False
    assert "KeyError" in caplog.text
