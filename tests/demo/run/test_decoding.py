"""Files that would hurt: each is a picture or a sentence, soon, and without much memory."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.run import decoding, picture

MIB = 2**20


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int = 8, color: int = 2, data: bytes = b"") -> bytes:
    """A PNG whose header promises so much."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def flat(width: int, height: int, color: int, depth: int = 8) -> bytes:
    """A whole PNG of one shade, row by row, small as a file whatever its size."""
    channels = {0: 1, 2: 3, 6: 4}[color]
    row = b"\0" + b"\x20" * (width * channels * depth // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png(width, height, depth, color, data)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (png(1, 99_999_999), "longer than 20,000 pixels"),
        (png(1_000_000, 1), "longer than 20,000 pixels"),
        (png(10_000, 10_000, 16), "more than 40 megapixels"),
        (b"\x89PNG" + bytes(decoding.MOST_BYTES), "more than 40 MB"),
    ],
)
@pytest.mark.parametrize("framing", picture.FRAMINGS)
def test_what_is_beyond_a_limit_is_refused_before_it_is_decoded(content: bytes, sentence: str, framing: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError, match=sentence):
        picture.read(content, 64, framing)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize("framing", picture.FRAMINGS)
@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1)])
def test_a_long_strip_is_a_picture(size: tuple[int, int], framing: str) -> None:
    assert picture.read(flat(*size, 0), 64, framing).shape == (64, 64, 3)


def test_a_dark_picture_of_sixteen_bits_stays_dark() -> None:
    dark = Image.fromarray(np.full((64, 64), 200, np.uint16))
    assert picture.read(encoded(dark), 64).max() <= 1


def test_a_large_picture_looks_like_itself() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 4000, dtype=np.uint8)[None, :, None], (3000, 4000, 3))
    large = picture.read(encoded(Image.fromarray(np.ascontiguousarray(ramp)), compress_level=1), 64, "fit")
    small = picture.read(Image.fromarray(np.ascontiguousarray(ramp)).resize((400, 300)), 64, "fit")
    assert np.abs(large.astype(int) - small).max() <= 3


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path, tmp_path / "pipe.png", tmp_path / "nothing.png", "/dev/zero"):
        with pytest.raises(ValueError, match="cannot be read as a picture"):
            picture.read(path, 64)


def corpus() -> Iterator[bytes]:
    """More than 600 files that are damaged in their own way."""
    noise = np.random.default_rng(0)
    image = Image.fromarray(noise.integers(0, 256, (24, 24, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[274] = 6
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM"):
        options = {"exif": exif} if kind in ("PNG", "JPEG", "WEBP") else {}
        whole = encoded(image, kind, **options)
        for share in np.linspace(0, 0.99, 25):
            yield whole[: int(len(whole) * share)]
        for _ in range(45):
            broken = bytearray(whole)
            for place in noise.integers(0, min(len(broken), 400), 3):
                broken[place] = noise.integers(0, 256)
            yield bytes(broken)
        yield whole[::-1]
        yield b"GIF89a" + whole
        yield whole + b"<script>alert(1)</script>"
        yield b"%PDF-1.7\n" + whole
    yield png(0, 0)
    yield png(2**31 - 1, 2**31 - 1)
    yield png(8, 8, data=b"not compressed")
    yield png(8, 8, 16, 3)
    yield flat(64, 64, 6)[:-20]
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "LAB"):
        content = io.BytesIO()
        picture_of_mode = Image.new(mode, (7, 5))
        picture_of_mode.save(content, "TIFF")
        yield content.getvalue()
        yield content.getvalue()[:-9]


def test_every_damaged_file_is_a_picture_or_a_sentence() -> None:
    known, refusals, count = (decoding.UNREADABLE, "megapixels", "longer than", "MB"), set(), 0
    for count, content in enumerate(corpus(), 1):  # counted to the end
        began = time.perf_counter()
        try:
            assert picture.read(content, 64, picture.FRAMINGS[count % 2]).shape == (64, 64, 3)
        except ValueError as refusal:
            refusals.add(str(refusal))
        assert time.perf_counter() - began < 3
    assert count >= 600
    assert [refusal for refusal in refusals if not any(words in refusal for words in known)] == []


PEAKS = """
import json, os, resource, sys
from demo.run import picture

def peak(path, framing):
    content = open(path, "rb").read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    picture.read(content, 64, framing)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

for path in sys.argv[1:]:
    for framing in picture.FRAMINGS:
        sys.stdout.flush()
        if not os.fork():  # whose memory begins at what is imported
            print(json.dumps([path, framing, peak(path, framing) / 1024]))
            sys.stdout.flush()
            os._exit(0)
        os.wait()
"""
LARGE = {
    "strip": lambda: flat(1, 20_000, 2),
    "colour": lambda: flat(6_300, 6_300, 2),
    "transparent": lambda: flat(6_300, 6_300, 6),
    "sixteen bits": lambda: flat(6_300, 6_300, 0, 16),
    "sixteen bits in colour": lambda: flat(6_300, 6_300, 2, 16),
    "palette": lambda: encoded(Image.new("P", (6_300, 6_300))),
}


@pytest.mark.slow
def test_no_file_takes_more_than_400_mb(tmp_path: Path) -> None:
    for name, content in LARGE.items():
        (tmp_path / name).write_bytes(content())
    command = [sys.executable, "-c", PEAKS, *(str(tmp_path / name) for name in LARGE)]
    told = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True).stdout
    peaks = [json.loads(line) for line in told.splitlines()]
    assert len(peaks) == len(LARGE) * len(picture.FRAMINGS)
    assert [one for one in peaks if one[2] >= 400] == []
    assert max(megabytes for _, _, megabytes in peaks) > 40, "or nothing was measured"
