"""A hub in trouble: one sentence that says why, at once, and a second try that works."""

from __future__ import annotations

import time

import pytest
from small_hub import CLOSED, NAME, cached

import models
from models.availability import reachable
from models.weights import download

FROM_THE_HUB = [name for name in models.names("imagenet") if models.CARDS[name].hub]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "does not have it .HTTP status 404"), (500, "out of order .HTTP status 500"), (503, "out of order")],
)
def test_an_error_of_the_hub_is_one_sentence_at_once(status, words, small, tmp_path) -> None:
    small.status = status
    began = time.monotonic()
    with pytest.raises(models.WeightsError, match=f"^MobileNet v3 is not on this machine, .*{words}.*built-in pack"):
        models.load(NAME)
    assert time.monotonic() - began < 5
    assert not cached(tmp_path)
    small.status = 200
    assert models.load(NAME).labels[0] == "Tench"


def test_an_unreachable_hub_is_one_sentence_at_once() -> None:
    began = time.monotonic()
    for name in FROM_THE_HUB:
        with pytest.raises(models.WeightsError, match=r"hub at 127\.0\.0\.1:9 cannot be reached"):
            models.load(name)
    assert reachable("imagenet") == "The hub at 127.0.0.1:9 cannot be reached."
    assert time.monotonic() - began < 5
    assert models.available("tiny") == (True, "")
    assert models.load("tiny/resnet").card is models.CARDS["tiny/resnet"]


def test_switched_off_downloads_are_named(monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(models.WeightsError, match=r"downloads are switched off \(HF_HUB_OFFLINE\)\. Use the built-in"):
        models.load(NAME)


def test_a_cache_that_cannot_be_written_is_named(small, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(models.WeightsError, match="the download cannot be kept"):
        models.load(NAME)


def test_a_silent_hub_costs_its_patience_once(small, monkeypatch) -> None:
    small.seconds = 30
    monkeypatch.setattr(download, "PATIENCE", 0.5)
    began = time.monotonic()
    for name in FROM_THE_HUB:
        with pytest.raises(models.WeightsError, match="takes too long to answer"):
            models.load(name)
    assert reachable("imagenet")
    assert time.monotonic() - began < 3


def test_a_hub_that_comes_back_is_asked_again(small, monkeypatch) -> None:
    monkeypatch.setattr(download, "MEMORY", 0.2)
    url, small.url = small.url, CLOSED
    monkeypatch.setenv("HF_ENDPOINT", CLOSED)
    assert reachable("imagenet")
    small.url = url
    monkeypatch.setenv("HF_ENDPOINT", url)
    assert reachable("imagenet") == "The hub at " + url[7:] + " does not have it (HTTP status 404)."
    assert models.load(NAME).card.name == NAME
    assert models.available("imagenet").usable
