"""A Ray cluster's hands: the same jobs as Ray tasks, on one machine or many."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import torch

import models
from demo.lab.job import Arrays, Job
from demo.lab.store import Store
from demo.lab.works import WORK
from models.classifier import Classifier

try:
    import ray
    from ray.exceptions import NodeDiedError, ObjectLostError, OwnerDiedError, WorkerCrashedError
except ImportError:  # nobody needs a cluster for a laptop
    ray = None

RETRIES = 3
"""How often Ray itself tries a task anew whose worker or node died."""
SECONDS = 5
LOCAL = "local"
ROOT = Path(__file__).parents[2]
NOT_TAKEN = [".git", ".ci", ".github", "/tests", "/assets", "/lab", ".venv", "**/__pycache__"]


class Cluster:
    """Tasks on the cluster at `address`: that of `ray start`, "auto" for one on this machine, "local" to start one.

    What a job needs, and each network, is put into the object store once; tasks get references. This project's code is
    taken along, so that nodes need its requirements alone. gpus: how much of one a task asks for.
    """

    def __init__(self, address: str, gpus: float = 0.0) -> None:
        if ray is None:
            raise ValueError("Ray is not installed: pip install -r demo/lab/requirements.txt, or leave --ray away.")
        code = {} if address == LOCAL else {"working_dir": str(ROOT), "excludes": NOT_TAKEN}
        silent = f"No Ray cluster answers at {address}: start one with ray start --head, or look at the address."
        if not _reached(address):
            raise ValueError(silent)
        try:
            ray.init(address, log_to_driver=False, logging_level="error", runtime_env=code)
        except (ConnectionError, ValueError, RuntimeError) as problem:
            raise ValueError(silent) from problem
        self.deaths: tuple[type[BaseException], ...] = (
            WorkerCrashedError,
            NodeDiedError,
            ObjectLostError,
            OwnerDiedError,
        )
        self._task = ray.remote(_task).options(max_retries=RETRIES, num_cpus=1, num_gpus=gpus)
        self._device = "cuda" if gpus else "cpu"
        self._refs: dict[str, Any] = {}

    @property
    def width(self) -> int:
        """A task for each core that the cluster has now: nodes may come and go."""
        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    def submit(self, job: Job, store: Store) -> Future[Arrays]:
        needs = [self._once(need.key, partial(store.get, need.key)) for need in job.needs]
        networks = {name: self._once(name, partial(models.load, name)) for name in set(job.networks)}
        reference = self._task.remote(job.work, dict(job.settings), needs, networks, self._device)
        future: Future[Arrays] = reference.future()
        return future

    def _once(self, key: str, make: Callable[[], object]) -> Any:
        if key not in self._refs:
            self._refs[key] = ray.put(make())
        return self._refs[key]

    def renew(self) -> None:
        """Ray finds workers itself; what lay on a node that is lost is put anew."""
        self._refs.clear()

    def close(self) -> None:
        ray.shutdown()


def _reached(address: str) -> bool:
    """Whether somebody listens there: Ray itself would try for minutes. True for an address without a port."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return True
    try:
        with socket.create_connection((host, int(port)), SECONDS):
            return True
    except (OSError, OverflowError):
        return False


_here: dict[Any, Classifier] = {}
"""The networks that this worker has fetched, by reference."""


def _task(
    work: str, settings: Mapping[str, Any], needs: Sequence[Any], networks: Mapping[str, Any], device: str
) -> Arrays:
    """One job, in a Ray worker."""
    torch.set_num_threads(1)
    # What lies in the object store must not be written to.
    given = [{name: array.copy() for name, array in arrays.items()} for arrays in ray.get(list(needs))]

    def network(name: str) -> Classifier:
        reference = networks[name]
        if reference not in _here:
            _here[reference] = ray.get(reference).to(device)
        return _here[reference]

    return WORK[work](settings, given, network)
