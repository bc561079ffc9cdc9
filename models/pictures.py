"""Reads labelled pictures from Tiny ImageNet's original layout, a folder or a zip, into memory once."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

SIDE = 64  # Tiny ImageNet's own
TOP = "tiny-imagenet-200"
SPLITS = ("train", "val")


@dataclass(frozen=True)
class Pictures:
    """images: `(N,3,64,64)` uint8. labels: `(N,)` int64, indices into wnids. wnids: the classes, by label."""

    images: Tensor
    labels: Tensor
    wnids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


def read(path: str | Path, split: str, wnids: Sequence[str] | None = None) -> Pictures:
    """All pictures of one split, "train" or "val".

    path: the folder or zip of Tiny ImageNet, with or without its top folder `tiny-imagenet-200`.
    wnids: the classes, in the order of their labels; those of `wnids.txt`, in its order, where not given.
    The order is that of the classes and of the names within a class (train), or of the annotations (val).
    Raises ValueError, naming what is missing, where the layout is incomplete or a picture cannot be read.
    """
    if split not in SPLITS:
        raise ValueError(f"Unknown split {split!r}: use one of {', '.join(SPLITS)}.")
    path = Path(path)
    if path.is_dir():
        return _read(path, split, path, wnids)
    if not path.exists():
        raise ValueError(f"No such folder or zip: {path}.")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is neither a folder nor a zip file.")
    with zipfile.ZipFile(path) as archive:
        return _read(zipfile.Path(archive), split, path, wnids)


def _read(root: Traversable, split: str, path: Path, wanted: Sequence[str] | None) -> Pictures:
    if (root / TOP).is_dir():
        root = root / TOP
    wnids = tuple(_text(root, "wnids.txt", path).split())
    if not wnids:
        raise ValueError(f"wnids.txt in {path} is empty: it should list one WordNet id a line.")
    if wanted is not None:
        if absent := sorted(set(wanted) - set(wnids)):
            raise ValueError(f"{path} lacks {len(absent)} of the {len(wanted)} classes, such as {absent[0]}.")
        wnids = tuple(wanted)
    index = {wnid: label for label, wnid in enumerate(wnids)}
    found = list((_train if split == "train" else _val)(root, index, path))
    if not found:
        raise ValueError(f"{path} holds no {split} picture of these {len(wnids)} classes.")
    images = np.empty((len(found), SIDE, SIDE, 3), dtype=np.uint8)
    for position, (file, _) in enumerate(found):
        images[position] = _decode(file)
    labels = torch.tensor([label for _, label in found])
    return Pictures(torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), labels, wnids)


def _train(root: Traversable, index: dict[str, int], path: Path) -> Iterator[tuple[Traversable, int]]:
    for wnid, label in index.items():
        folder = root / "train" / wnid / "images"
        if not folder.is_dir():
            raise ValueError(f"{path} lacks train/{wnid}/images, which its wnids.txt promises.")
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.lower().endswith((".jpeg", ".jpg", ".png")):
                yield file, label


def _val(root: Traversable, index: dict[str, int], path: Path) -> Iterator[tuple[Traversable, int]]:
    for line in _text(root, "val/val_annotations.txt", path).splitlines():
        name, _, rest = line.partition("\t")
        wnid = rest.split("\t")[0]
        if wnid in index:  # the annotations may cover all 200 classes where wnids.txt lists a subset
            yield root / "val" / "images" / name, index[wnid]


def _text(root: Traversable, name: str, path: Path) -> str:
    file = root.joinpath(*name.split("/"))
    if not file.is_file():
        raise ValueError(
            f"{path} lacks {name}: expected Tiny ImageNet's layout (wnids.txt, train/<wnid>/images/*.JPEG, "
            "val/images/*.JPEG, val/val_annotations.txt)."
        )
    return file.read_text(encoding="utf-8")


def _decode(file: Traversable) -> np.ndarray:
    try:
        picture = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
    except (FileNotFoundError, KeyError):
        raise ValueError(f"The picture {file} is listed but missing.") from None
    except (UnidentifiedImageError, OSError, zipfile.BadZipFile, zlib.error) as problem:
        raise ValueError(f"The picture {file} cannot be read: {problem}.") from None
    if picture.size != (SIDE, SIDE):
        raise ValueError(f"The picture {file} is {picture.width} × {picture.height}, expected {SIDE} × {SIDE}.")
    return np.asarray(picture)
