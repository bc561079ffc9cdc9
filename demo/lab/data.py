"""The pictures of a table: read once, known by their hash from then on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

import models
from demo.lab.job import Arrays, Job
from demo.lab.works import LEVELS
from demo.measure import judging
from models.packs import PACKS


def pictures(data: Path, pack: str, count: int, seed: int, rightly: Sequence[str]) -> Arrays:
    """`pictures`, `(N,3,H,W)` uint8 on the pack's canvas, `labels` and `targets`, `(N,)` int64.

    Those are Tiny ImageNet's validation pictures, where `data` has its layout: those that all of `rightly` name, or,
    with none, any. Of another folder it is the pictures on which all of `rightly` agree, labelled by what they say. A
    target is another class, drawn for each picture.

    Raises:
        ValueError: there is no such data, its layout is not known, or no picture is left.
    """
    if not data.exists():
        raise ValueError(f"There is no {data}: --data takes a folder or a zip of pictures.")
    networks = [models.load(name) for name in rightly]
    if data.is_dir() and not any(data.rglob("wnids.txt")):
        if not networks:
            raise ValueError("This table needs pictures with labels: --data takes Tiny ImageNet's folder or zip.")
        images, labels = judging.agreed(networks, data, pack, count, seed)
    elif networks:
        images, labels = judging.known(networks, data, pack, count, seed)
    else:
        images, labels = judging.drawn(data, pack, count)
    classes = len(PACKS[pack].vocabulary())
    away = torch.randint(1, classes, (len(labels),), generator=torch.Generator().manual_seed(seed))
    return {
        "pictures": (images * LEVELS).round().to(torch.uint8).numpy(),
        "labels": labels.numpy(),
        "targets": ((labels + away) % classes).numpy(),
    }


def known_as(arrays: Arrays) -> Job:
    """The job that stands for these pictures: the same pictures are the same job, wherever they came from."""
    seen = hashlib.sha256()
    for name in sorted(arrays):
        held = np.ascontiguousarray(arrays[name])
        seen.update(f"{name} {held.dtype} {held.shape}".encode() + held.tobytes())
    return Job("pictures", {"sha256": seen.hexdigest()})
