"""The reader of Tiny ImageNet's layout: folder, zip, with and without the top folder, and what it complains of."""

import shutil
import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image

from models.pictures import read

WNIDS = ("n02", "n01")  # not sorted: the file's order is what counts
SHADES = {"n01": 40, "n02": 200}


def _picture(path: Path, shade: int, mode: str = "RGB", side: int = 64) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), (shade,) * 3).convert(mode).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "tiny-imagenet-200"
    root.mkdir()
    (root / "wnids.txt").write_text("\n".join(WNIDS) + "\n")
    for wnid, shade in SHADES.items():
        for number in range(3):
            _picture(root / "train" / wnid / "images" / f"{wnid}_{number}.JPEG", shade, "L" if number else "RGB")
    lines = []
    for number, (wnid, shade) in enumerate(SHADES.items()):
        _picture(root / "val" / "images" / f"val_{number}.JPEG", shade)
        lines.append(f"val_{number}.JPEG\t{wnid}\t0\t0\t63\t63")
    lines.append("val_9.JPEG\tn99\t0\t0\t63\t63")  # a class outside wnids.txt, and no such file
    (root / "val" / "val_annotations.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def _zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, str(file.relative_to(folder)))
    return target


def _check(path: Path) -> None:
    train, val = read(path, "train"), read(path, "val")
    assert train.images.dtype == torch.uint8
    assert train.images.shape == (6, 3, 64, 64)
    assert train.wnids == val.wnids == WNIDS
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert val.labels.tolist() == [1, 0]
    for pictures in (train, val):
        for image, label in zip(pictures.images, pictures.labels, strict=True):
            assert (image.float() - SHADES[WNIDS[int(label)]]).abs().max() <= 3


@pytest.mark.parametrize("inside", ["", "tiny-imagenet-200"])
def test_folder_and_zip_with_and_without_the_top_folder(folder: Path, tmp_path: Path, inside: str) -> None:
    _check(folder / inside)
    _check(_zipped(folder / inside, tmp_path / "pictures.zip"))


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("split", "lost", "complaint"),
    [
        ("train", "wnids.txt", "lacks wnids.txt"),
        ("train", "train/n01", "lacks train/n01/images"),
        ("val", "val/val_annotations.txt", "lacks val/val_annotations.txt"),
        ("val", "val/images/val_1.JPEG", "val_1.JPEG is listed but missing"),
    ],
)
def test_an_incomplete_folder_is_named(
    folder: Path, tmp_path: Path, split: str, lost: str, complaint: str, zipped: bool
) -> None:
    gone = folder / "tiny-imagenet-200" / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    path = _zipped(folder, tmp_path / "pictures.zip") if zipped else folder
    with pytest.raises(ValueError, match=complaint):
        read(path, split)


def test_some_classes_in_an_order_of_their_own(folder: Path) -> None:
    pictures = read(folder, "train", ("n01", "n02"))
    assert pictures.wnids == ("n01", "n02")
    assert pictures.images[0].float().mean() == pytest.approx(SHADES["n01"], abs=3)
    assert read(folder, "val", ("n01",)).labels.tolist() == [0]
    with pytest.raises(ValueError, match="lacks 1 of the 2 classes, such as n77"):
        read(folder, "val", ("n77", "n02"))


def test_pictures_that_are_no_pictures_or_of_another_size(folder: Path) -> None:
    victim = folder / "tiny-imagenet-200" / "train" / "n01" / "images" / "n01_0.JPEG"
    _picture(victim, 10, side=32)
    with pytest.raises(ValueError, match="32 × 32, expected 64 × 64"):
        read(folder, "train")
    victim.write_bytes(b"not a picture")
    with pytest.raises(ValueError, match="cannot be read"):
        read(folder, "train")


def test_a_damaged_zip_is_named(folder: Path, tmp_path: Path) -> None:
    path = _zipped(folder / "tiny-imagenet-200", tmp_path / "damaged.zip")
    with zipfile.ZipFile(path) as archive:
        inside = archive.getinfo("train/n01/images/n01_0.JPEG")
    content = bytearray(path.read_bytes())
    content[inside.header_offset + 200] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"n01_0\.JPEG cannot be read: Bad CRC-32"):
        read(path, "train")


def test_bad_paths_and_splits(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such folder or zip"):
        read(tmp_path / "nowhere", "train")
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        read(tmp_path / "text.zip", "train")
    with pytest.raises(ValueError, match="Unknown split 'test': use one of train, val"):
        read(tmp_path, "test")
