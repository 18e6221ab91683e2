"""Parts of pictures: exact where nothing is scaled, in the right place where something is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom.domain.errors import DamagedPicture
from darkroom.images.crop import cut
from darkroom.images.decode import decode, upright_px
from darkroom.images.decoded import DecodedCache
from tests.terminal import decoders

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (480, 480)
GROUND = (7, 8, 9)


def noise(width: int, height: int) -> Image.Image:
    """A picture in which every pixel tells its place."""
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def saved(image: Image.Image, orientation: int = 1) -> bytes:
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    image.save(data, "PNG", exif=exif)
    return data.getvalue()


@given(st.integers(0, 60), st.integers(0, 30), st.integers(1, 40), st.integers(1, 30))
def test_whole_pixels_are_copied(left: int, top: int, width: int, height: int) -> None:
    image = noise(100, 60)
    part = cut(image, image.size, (left, top, left + width, top + height), (width, height))
    assert part.tobytes() == image.crop((left, top, left + width, top + height)).tobytes()


def test_beyond_the_edges_is_background() -> None:
    image = noise(20, 10)
    part = cut(image, image.size, (-4, -3, 26, 17), (30, 20), background=GROUND)
    expected = Image.new("RGB", (30, 20), GROUND)
    expected.paste(image, (4, 3))
    assert part.tobytes() == expected.tobytes()
    nothing = cut(image, image.size, (200, 200, 230, 220), (30, 20), background=GROUND)
    assert nothing.getcolors() == [(600, GROUND)]


def test_enlarged_pixels_are_squares() -> None:
    image = noise(20, 10)
    part = cut(image, image.size, (5, 2, 15, 8), (80, 48))
    expected = image.crop((5, 2, 15, 8)).resize((80, 48), Image.Resampling.NEAREST)
    assert part.tobytes() == expected.tobytes()


@pytest.mark.parametrize("size", [(120, 90), (300, 225), (500, 375)])
def test_a_scaled_part_is_that_part(size: tuple[int, int]) -> None:
    image = decoders.harbour(SIZE)
    part = cut(image, SIZE, (100.25, 60.5, 420.25, 300.5), size)
    expected = image.crop((100, 60, 420, 300))
    error = decoders.mean_error(expected, part)
    assert part.size == size
    assert error < 4
    for name, impostor in decoders.impostors(part, (size[0] // 40, size[1] // 20)).items():
        assert error < decoders.mean_error(expected, impostor) / 2, name


def test_of_a_smaller_copy_it_is_the_same_part() -> None:
    image = decoders.harbour(SIZE)
    small = image.resize((240, 240), Image.Resampling.LANCZOS)
    parts = [cut(source, SIZE, (100, 60, 420, 300), (160, 120)) for source in (image, small)]
    assert decoders.mean_error(*parts) < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_of_a_turned_photo_is_that_of_what_is_seen(orientation: int) -> None:
    data = saved(noise(30, 20), orientation)
    assert upright_px(data) == decode(data, (100, 100)).size


def test_a_picture_is_decoded_once_for_what_is_no_larger(tmp_path: Path) -> None:
    file = tmp_path / "harbour.png"
    file.write_bytes(saved(decoders.harbour(SIZE)))
    cache = DecodedCache()
    small = cache.get(file, "harbour", (120, 100))
    assert (small.image.size, small.natural_px, small.is_whole) == ((100, 100), SIZE, False)
    assert cache.get(file, "harbour", (90, 100)) is small
    whole = cache.get(file, "harbour")
    assert whole.is_whole
    file.unlink()
    assert cache.get(file, "harbour", (900, 900)) is whole
    with pytest.raises(DamagedPicture):
        cache.get(file, "harbour", (10, 10), background=GROUND)


def test_what_was_looked_at_longest_ago_goes_first() -> None:
    sources = {name: saved(noise(100, 100)) for name in "abc"}
    cache = DecodedCache(limit_bytes=2 * 4 * 100 * 100)
    first = {name: cache.get(sources[name], name) for name in "ab"}
    assert cache.get(sources["a"], "a") is first["a"]
    cache.get(sources["c"], "c")
    assert cache.get(sources["a"], "a") is first["a"]
    assert cache.get(sources["b"], "b") is not first["b"]


def test_the_newest_is_kept_however_large() -> None:
    data = saved(noise(100, 100))
    cache = DecodedCache(limit_bytes=1)
    assert cache.get(data, "x") is cache.get(data, "x")
