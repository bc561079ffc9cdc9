"""Any file becomes the jury's canvas, or one sentence; what is judged is what is downloaded."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from demo.run import picture
from demo.run.decoding import UNREADABLE


def encoded(image: Image.Image, kind: str = "PNG", **settings: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **settings)
    return buffer.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Left red, right blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGB", "PNG"), ("RGB", "JPEG"), ("RGB", "WEBP"), ("P", "GIF"), ("CMYK", "JPEG"), ("RGBA", "PNG")],
)
def test_modes_and_formats_keep_their_colours(mode: str, kind: str) -> None:
    pixels = picture.read(encoded(halves(mode), kind), 64)
    assert pixels.shape == (64, 64, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels[32, 8].astype(int) - (255, 0, 0)).max() < 20
    assert np.abs(pixels[32, 56].astype(int) - (0, 0, 255)).max() < 20


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    pixels = picture.read(encoded(Image.fromarray(ramp)), 64)
    assert np.abs(pixels[..., 0].astype(int) - (ramp / 257).round().astype(int)).max() <= 1


def test_transparency_lies_on_white() -> None:
    assert (picture.read(encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0))), 8) == 255).all()


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (picture.read(content, 8)[0, 0] == (255, 0, 0)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_as_pillow_would(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    quarters = halves()
    quarters.paste("white", (0, 0, 32, 32))
    content = encoded(quarters, "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert np.array_equal(picture.read(content, 64), np.asarray(expected))


def test_other_fields_of_exif_may_be_as_odd_as_they_like() -> None:
    # Orientation 6, and a unit of resolution that is a word where a number belongs.
    fields = struct.pack("<HHHI4sHHI4s", 2, 274, 3, 1, b"\6\0\0\0", 296, 2, 2, b"a\0\0\0")
    content = encoded(halves(), "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0" + fields + b"\0\0\0\0")
    with pytest.raises(struct.error):
        ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert picture.read(content, 64)[8, 32, 0] > 200, "red has come to the top"


def test_a_damaged_file_is_a_picture_or_a_sentence() -> None:
    whole, refused = encoded(halves(), "AVIF"), []
    for place in range(0, 320, 8):
        try:
            picture.read(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :], 16)
        except ValueError as sentence:
            refused.append(str(sentence))
    assert set(refused) == {UNREADABLE}


@pytest.mark.parametrize("size", [(640, 4), (4, 640), (6400, 1)])
def test_a_strip_is_shown_however_thin(size: tuple[int, int]) -> None:
    assert picture.read(encoded(Image.new("RGB", size, "red")), 64, "fit").max() == 255


def test_framing_crops_the_centre_or_shows_all() -> None:
    wide = encoded(halves(size=(200, 50)))
    assert (picture.read(wide, 64, "crop")[0, 0] == (255, 0, 0)).all()
    assert (picture.read(wide, 64, "fit")[0, 0] == 0).all()


def test_one_pixel_fills_the_canvas() -> None:
    assert (picture.read(encoded(Image.new("RGB", (1, 1), "red")), 64) == (255, 0, 0)).all()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", SVG, encoded(halves())[:100], encoded(halves(), "JPEG")[:300], b"\x89PNG\r\n\x1a\n" + b"\0" * 50],
)
def test_what_is_no_picture_gets_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(content)
    for source in (content, tmp_path / "picture.png"):
        with pytest.raises(ValueError, match="cannot be read as a picture"):
            picture.read(source, 64)


@pytest.mark.parametrize("epsilon", [1, 2.5, 8, 64])
def test_no_byte_leaves_the_ball_and_the_file_gives_the_same_bytes(epsilon: float) -> None:
    rng = np.random.default_rng(0)
    original = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    far = picture.to_tensor(original) + (epsilon / 255) * picture.to_tensor(rng.choice([0, 255], original.shape)).mul(
        2
    ).sub(1)
    pixels = picture.within(picture.to_pixels(far.clamp(0, 1)), original, epsilon)
    assert np.abs(pixels.astype(int) - original).max() <= epsilon
    assert (picture.decode(picture.encode(pixels)) == pixels).all()


def test_rounding_is_to_the_nearest_level() -> None:
    levels = picture.to_tensor(np.full((1, 1, 3), 100, dtype=np.uint8)) + 0.6 / 255
    assert (picture.to_pixels(levels) == 101).all()


def test_distances_are_those_of_the_bytes() -> None:
    original = np.zeros((2, 2, 3), dtype=np.uint8)
    changed = original.copy()
    changed[0, 0, 0] = 51
    measured = picture.distances(changed, original)
    assert measured["linf"] == 51
    assert measured["l2"] == pytest.approx(0.2)
    assert measured["psnr"] == pytest.approx(10 * np.log10(255**2 / (51**2 / 12)))


def test_the_place_of_the_crop_lies_along_the_longer_side() -> None:
    wide = Image.new("RGB", (192, 64))
    wide.paste((255, 0, 0), (128, 0, 192, 64))
    assert picture.read(wide, 64, place=1).mean(axis=(0, 1)).round().tolist() == [255, 0, 0]
    assert picture.read(wide, 64, place=0).max() == 0
    assert (picture.read(wide.transpose(Image.Transpose.ROTATE_270), 64, place=1)[..., 0] == 255).all()
