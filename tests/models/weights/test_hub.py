"""Loading from a hub: in its order of preference, resumed or cleanly refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch
from small_hub import COMMIT, NAME, NETWORK, REPOSITORY, cached, same

import models
from models import loading
from models.weights import hub
from models.weights.cache import Cache


def test_a_download_arrives_whole_with_progress(small, weights, content) -> None:
    seen: list[tuple[str, int, int]] = []
    classifier = models.load(NAME, progress=lambda *step: seen.append(step), prepared=False)
    assert same(classifier, weights)
    assert not classifier.training
    assert classifier.card is models.CARDS[NAME]
    assert seen[-1] == ("MobileNet v3", len(content), len(content))
    assert [here for _, here, _ in seen] == sorted(here for _, here, _ in seen)
    logits = classifier(torch.rand(1, 3, 299, 299))
    assert logits.shape == (1, 1000)
    assert "state_dict" not in classifier.network.pretrained_cfg


def test_the_cache_comes_first_and_asks_nobody(small, weights, monkeypatch) -> None:
    models.load(NAME)
    asked = len(small.asked)
    monkeypatch.setattr(loading, "_cache", Cache(2**30))
    assert same(models.load(NAME, prepared=False), weights)
    assert len(small.asked) == asked


def test_a_cut_download_is_resumed_where_it_broke(small, weights, content) -> None:
    small.cuts = 1
    assert same(models.load(NAME, prepared=False), weights)
    first, second = small.downloads
    assert first == ""
    # What had arrived is kept by whole pieces of 10 MiB.
    assert second == f"bytes={len(content) // 2 // (10 * 2**20) * 10 * 2**20}-"
    assert second != "bytes=0-"


def test_a_download_that_a_visitor_stops_goes_on_next_time(small, weights, tmp_path, monkeypatch) -> None:
    class Stopped(Exception):
        pass

    def stop(title: str, here: int, whole: int) -> None:
        raise Stopped

    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 2**20)
    with pytest.raises(Stopped):
        models.load(NAME, progress=stop)
    assert not cached(tmp_path)
    assert same(models.load(NAME, prepared=False), weights)


def test_wrong_content_is_removed_and_refused_and_the_next_try_works(small, weights, tmp_path) -> None:
    small.wrong = 1
    with pytest.raises(models.WeightsError, match="was damaged and has been removed: try again"):
        models.load(NAME)
    assert not cached(tmp_path)
    small.wrong = 0
    assert same(models.load(NAME, prepared=False), weights)


def test_a_cached_file_that_has_been_damaged_is_not_used(small, tmp_path, monkeypatch) -> None:
    models.load(NAME)
    (file,) = cached(tmp_path)
    with file.resolve().open("r+b") as blob:
        blob.truncate(1000)
    monkeypatch.setattr(loading, "_cache", Cache(2**30))
    with pytest.raises(models.WeightsError, match=r"model\.safetensors was damaged"):
        models.load(NAME)
    assert models.load(NAME)(torch.rand(1, 3, 224, 224)).isfinite().all()


def test_the_folder_comes_last_in_either_form(content, weights, tmp_path, monkeypatch) -> None:
    for place in (Path(NETWORK, "model.safetensors"), Path(f"{NETWORK}.safetensors")):
        folder = tmp_path / place.name
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_bytes(content)
        monkeypatch.setenv("QUORUM_WEIGHTS", str(folder))
        monkeypatch.setattr(loading, "_cache", Cache(2**30))
        assert same(models.load(NAME, prepared=False), weights)
        assert models.available("imagenet") == (True, "")
        assert models.needs([NAME]).download == 0


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "empty", "other network", "no safetensors"])
def test_a_bad_file_in_the_folder_is_named_and_refused(damage, content, tmp_path, monkeypatch) -> None:
    other = safetensors.torch.save({"conv.weight": torch.zeros(3)})
    bad = {"cut": content[:-1000], "empty": b"", "other network": other, "no safetensors": b"PK" * 100}[damage]
    (tmp_path / f"{NETWORK}.safetensors").write_bytes(bad)
    monkeypatch.setenv("QUORUM_WEIGHTS", str(tmp_path))
    words = "is not for MobileNet v3" if damage == "other network" else "is cut off or damaged"
    with pytest.raises(models.WeightsError, match=rf"{NETWORK}\.safetensors {words}"):
        models.load(NAME)
    (tmp_path / f"{NETWORK}.safetensors").write_bytes(content)
    assert models.load(NAME)(torch.rand(1, 3, 224, 224)).isfinite().all()


def test_what_a_choice_needs(small, weights) -> None:
    before = models.needs([NAME, NAME, "tiny/resnet"])
    floats = sum(value.numel() for value in weights.values())
    assert before.download == pytest.approx(4 * floats, rel=0.01)
    assert before.memory == pytest.approx(4 * floats + 4 * models.CARDS["tiny/resnet"].notes["parameters"], rel=0.01)
    models.load(NAME)
    assert models.needs([NAME]) == (0, models.needs([NAME]).memory)
    assert COMMIT in str(hub.at_hand(REPOSITORY))
    with pytest.raises(ValueError, match="Unknown classifier 'imagenet/huge'"):
        models.needs(["imagenet/huge"])


def test_memory_is_bounded_by_the_cache(small, monkeypatch) -> None:
    cache: Cache = Cache(24 * 2**20)
    monkeypatch.setattr(loading, "_cache", cache)
    models.load("tiny/resnet")
    first = models.load(NAME)
    assert 20 * 2**20 < cache.bytes < cache.limit
    assert models.load(NAME) is first


@pytest.mark.slow
def test_the_built_in_pack_loads_without_any_of_this() -> None:
    script = "import sys, models; models.names('imagenet'); models.needs(['tiny/resnet']); models.available('tiny'); "
    script += "print([name for name in ('huggingface_hub', 'timm', 'torchvision') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
