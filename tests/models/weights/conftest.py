"""A hub of one's own: files as the real one serves them, and nothing remembered from before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import safetensors.torch
import timm
import torch
from small_hub import CLOSED, NETWORK, REPOSITORY, Hub, serve

from models import loading
from models.weights import download
from models.weights.cache import Cache


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    """Random weights in timm's layout."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return timm.create_model(NETWORK, pretrained=False).state_dict()


@pytest.fixture(scope="module")
def content(weights) -> bytes:
    return safetensors.torch.save(weights)


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch) -> None:
    """No cache, no folder, no memory of earlier silence, an empty cache, and no way to the real hub."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", CLOSED)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.delenv("QUORUM_WEIGHTS", raising=False)
    monkeypatch.setattr(download, "_silent", {})
    monkeypatch.setattr(loading, "_cache", Cache(2**30))


@pytest.fixture
def small(content, monkeypatch) -> Iterator[Hub]:
    with serve(Hub({REPOSITORY: content})) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running
