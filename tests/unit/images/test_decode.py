from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from darkroom.domain.errors import DamagedPicture
from darkroom.images.decode import decode, size_px
from tests.unit.images import samples

if TYPE_CHECKING:
    from pathlib import Path

ORIENTATION = 0x0112


def difference(one: Image.Image, other: Image.Image) -> float:
    pair = [np.asarray(image.resize((12, 12)), dtype=np.int16) for image in (one, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize(
    ("box", "size"), [((480, 320), (48, 32)), ((24, 100), (24, 16)), ((100, 8), (12, 8))]
)
def test_a_picture_fits_its_box_and_is_not_enlarged(
    kind: str, box: tuple[int, int], size: tuple[int, int]
) -> None:
    image = decode(samples.encoded(kind), box)
    assert (image.mode, image.size) == ("RGB", size)
    assert difference(image, samples.picture()) < 6
    assert difference(image, samples.picture().rotate(180)) > 30


def test_bytes_and_files_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(samples.encoded("PNG"))
    assert decode(path, (20, 20)).tobytes() == decode(samples.encoded("PNG"), (20, 20)).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stands_upright(orientation: int) -> None:
    upright = samples.picture()
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = decode(saved(stored, "JPEG", exif=exif, quality=95), (24, 24))
    assert image.size == (24, 16)
    assert difference(image, upright) < 6


def test_damaged_exif_does_not_cost_the_picture() -> None:
    data = saved(samples.picture(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert decode(data, (48, 48)).size == samples.SIZE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_the_background_shows_through(mode: str) -> None:
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 4, 8))
    data = saved(image.convert(mode), "PNG")
    decoded = decode(data, (8, 8), background=(0, 90, 200))
    assert decoded.getpixel((1, 4)) == (0, 90, 200)
    red = decoded.getpixel((6, 4))
    assert isinstance(red, tuple)
    assert red[0] > 60
    assert red[2] < 80


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    grey = Image.fromarray(np.full((4, 4), 32_896, dtype=np.uint16))
    assert decode(saved(grey, "PNG"), (4, 4)).getpixel((1, 1)) == (128, 128, 128)


def test_an_animation_is_its_first_frame() -> None:
    assert difference(decode(samples.animated("WEBP"), (48, 48)), samples.picture()) < 8


def test_the_size_is_read_without_decoding() -> None:
    assert size_px(samples.encoded("JPEG")[:-20]) == samples.SIZE
    with pytest.raises(DamagedPicture, match="cannot be decoded"):
        size_px(b"<html>")


@pytest.mark.parametrize(
    "data", [b"", b"<html>", samples.encoded("PNG")[:90], samples.bomb_png(50_000, 50_000)]
)
def test_what_cannot_be_decoded_says_so(data: bytes) -> None:
    with pytest.raises(DamagedPicture) as caught:
        decode(data, (20, 20))
    assert caught.value.detail
    assert "0x" not in caught.value.detail


@settings(max_examples=200)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF"]),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_mutated_bytes_decode_or_are_damaged(kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(samples.encoded(kind))
    for at, value in changes:
        data[at % len(data)] = value
    try:
        image = decode(bytes(data), (16, 16), max_pixels=4_000_000)
    except DamagedPicture:
        return
    assert image.mode == "RGB"
    assert max(image.size) <= 16
