"""Networks that have to be had first: from a local folder, from the hub, or not at all."""

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import timm
import torch
from quick import end

import models
from demo.pages import packs
from demo.run.events import Loading
from demo.run.request import Request
from demo.run.session import run
from models import loading
from models.weights.cache import Cache

IMAGENET = ("mobilenetv3_large_100.ra_in1k", "efficientnet_b0.ra_in1k")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local folder with two ImageNet networks of random weights, and no hub."""
    torch.manual_seed(0)
    for name in IMAGENET:
        network = timm.create_model(name.split(".")[0])
        safetensors.torch.save_file(network.state_dict(), str(tmp_path / f"{name}.safetensors"))
    monkeypatch.setenv("QUORUM_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(loading, "_cache", Cache(2**30))
    return tmp_path


def test_imagenet_networks_run_at_their_own_size(folder: Path) -> None:
    first, second = (f"imagenet/{name}" for name in IMAGENET)
    picture = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    label = models.load(first).labels[7]
    request = Request(
        picture, (first,), "mi-fgsm", iterations=1, label=label, pack="imagenet", side=224, held_out=[second], guards={}
    )
    last = end(request)
    assert last.adversarial.shape == (224, 224, 3)
    assert [f.juror.group for f in last.findings] == ["surrogate", "held-out"]
    assert len(last.findings[0].after.top) == 5


def test_a_network_that_cannot_be_had_is_a_sentence(folder: Path) -> None:
    picture = np.zeros((64, 64, 3), dtype=np.uint8)
    with pytest.raises(models.WeightsError, match=r"\."):
        list(
            run(
                Request(picture, ("imagenet/vgg16.tv_in1k",), "mi-fgsm", pack="imagenet", held_out=[], guards={}).plan()
            )
        )


def test_the_page_offers_what_is_at_hand_and_the_hubs_where_it_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    surrogates, watching, _ = packs.lists("imagenet")
    pack, _ = packs.settle("imagenet")
    assert pack["value"] == "imagenet"
    offered = [name for _, name in surrogates["choices"]]
    assert [f"imagenet/{name}" for name in IMAGENET] == [name for name in offered if models.CARDS[name].hub]
    assert set(surrogates["value"]) <= set(offered)
    assert watching["visible"]
    monkeypatch.delenv("QUORUM_WEIGHTS")
    assert not any(models.CARDS[name].hub for name in packs.with_the_hub("imagenet"))
    monkeypatch.setattr(packs, "reachable", lambda pack: "")
    assert packs.with_the_hub("imagenet") == models.names("imagenet")


def test_a_pack_that_cannot_be_had_is_a_sentence_and_another_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "available", lambda pack: (False, "The hub cannot be reached."))
    pack, words = packs.settle("imagenet")
    surrogates, *_ = packs.lists(pack["value"])
    assert pack["value"] == "tiny"
    assert "The hub cannot be reached. Laboratory stays." in words
    assert all(name.startswith("tiny/") for name in surrogates["value"])


def test_a_download_is_told_of_and_ends_when_the_run_is_closed(monkeypatch: pytest.MonkeyPatch, lion: str) -> None:
    ended = threading.Event()

    def slow(name: str, device: str, progress: Any) -> models.Classifier:
        try:
            for have in range(10_000):
                progress("Slow", have, 10_000)
                time.sleep(0.001)
        except ValueError:
            ended.set()
            raise
        raise AssertionError("nobody stopped the download")

    monkeypatch.setattr(models, "load", slow)
    events = run(Request(lion).plan())
    event = next(events)
    assert isinstance(event, Loading)
    assert (event.title, event.total) == ("Slow", 10_000)
    events.close()
    assert ended.wait(5)
