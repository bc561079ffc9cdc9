"""The same cells on a Ray cluster of two nodes, one of which is lost, and with a worker killed in mid-cell."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from demo.lab.engine import work
from demo.lab.hands import Processes
from demo.lab.job import Job
from demo.lab.scene import Scene
from demo.lab.store import Store

ray = pytest.importorskip("ray", reason="Ray is optional: pip install -r demo/lab/requirements.txt")
pytestmark = pytest.mark.slow

from ray.cluster_utils import Cluster as Nodes  # noqa: E402

from demo.lab.cluster import Cluster  # noqa: E402

MINUTE = 180
SCENE = Scene("tiny", Job("pictures", {"sha256": "…"}), 2, 64, 8, 3)


@pytest.fixture
def wanted(tmp_path: Path) -> tuple[list[Job], Store]:
    """Three attacks with their verdicts, and a store that has their pictures."""
    store = Store(tmp_path / "ray")
    held = {
        "pictures": np.random.default_rng(0).integers(0, 256, (2, 3, 64, 64), dtype=np.uint8),
        "labels": np.array([1, 2]),
        "targets": np.array([3, 4]),
    }
    store.put(SCENE.pictures.key, held)
    crafted = [SCENE.craft("mi-fgsm", ["tiny/mobilenet"], steps=steps) for steps in (2, 30, 31)]
    return [SCENE.verdict(one, "tiny/repvgg") for one in crafted], store


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Nodes(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def kill_a_worker() -> None:
    """The first of those that do a task just now: Ray names their processes after it."""
    clock = time.monotonic()
    while time.monotonic() - clock < MINUTE:
        found = subprocess.run(["pgrep", "-f", "^ray::_task"], capture_output=True, text=True, check=False)
        if found.stdout:
            os.kill(int(found.stdout.split()[0]), signal.SIGKILL)
            return
        time.sleep(0.02)
    pytest.fail("No worker was at a task.")


def test_a_lost_worker_and_a_lost_node_change_no_byte(
    nodes: Nodes, wanted: tuple[list[Job], Store], tmp_path: Path
) -> None:
    jobs, store = wanted
    hands = Cluster(nodes.address)
    assert hands.width == 2
    running = work(jobs, store, hands)
    next(running), next(running)
    kill_a_worker()
    next(running)
    nodes.remove_node(next(node for node in nodes.list_all_nodes() if not node.head))
    *_, last = running
    assert last.done == last.total == 7
    alone = Store(tmp_path / "alone")
    alone.put(SCENE.pictures.key, store.get(SCENE.pictures.key))
    list(work(jobs, alone, Processes(1)))
    for one in (*jobs, *(job.needs[0] for job in jobs)):
        assert store.path(one.key).read_bytes() == alone.path(one.key).read_bytes()
