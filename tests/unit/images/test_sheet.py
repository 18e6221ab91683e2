"""Sheets: every picture in its place, labels beside it, limits kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from darkroom.domain.errors import InputError
from darkroom.images.sheet import MAX_PIXELS, MAX_SIDE_PX, SheetAxis, Tile, draw_sheet

if TYPE_CHECKING:
    from pathlib import Path

GROUND = (24, 24, 27)
EMPTY = (45, 45, 51)


def colour(number: int) -> tuple[int, int, int]:
    return 60 + number * 7 % 190, 255 - number * 11 % 200, 100 + number * 3 % 150


def picture(folder: Path, number: int, size: tuple[int, int] = (128, 96)) -> Tile:
    path = folder / f"{number}.png"
    Image.new("RGB", size, colour(number)).save(path)
    return Tile(path)


def boxes_of(sheet: Image.Image, wanted: tuple[int, int, int]) -> tuple[int, int, int, int] | None:
    """Where a colour is."""
    difference = ImageChops.difference(sheet, Image.new("RGB", sheet.size, wanted))
    return difference.convert("L").point(lambda value: 255 if value == 0 else 0).getbbox()


def test_every_picture_is_in_its_place(tmp_path: Path) -> None:
    axes = [
        SheetAxis("checkpoint", ["a", "b"]),
        SheetAxis("cfg", ["5", "7"]),
        SheetAxis("steps", ["1", "2", "3"]),
    ]
    sheet = draw_sheet(axes, [picture(tmp_path, n) for n in range(12)], "a title")
    found = [boxes_of(sheet, colour(n)) for n in range(12)]
    corners = [(box[0], box[1]) for box in found if box]
    assert len(corners) == 12
    assert all(box and (box[2] - box[0], box[3] - box[1]) == (128, 96) for box in found)
    lefts, tops = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    assert corners == [(lefts[n % 3], tops[n // 3]) for n in range(12)]
    # The second block is further below than the second row: it has a heading.
    assert tops[2] - tops[1] > tops[1] - tops[0] == 96 + 4


def test_labels_stand_beside_and_above(tmp_path: Path) -> None:
    axes = [SheetAxis("cfg", ["5", "7"]), SheetAxis("steps", ["1", "2"])]
    tiles = [picture(tmp_path, n) for n in range(4)]
    sheet = draw_sheet(axes, tiles)
    x, y, _, _ = boxes_of(sheet, colour(0)) or (0, 0, 0, 0)
    above, beside = sheet.crop((x, 0, x + 128, y)), sheet.crop((0, y, x, y + 96))
    for part in (above, beside):
        assert ImageChops.difference(part, Image.new("RGB", part.size, GROUND)).getbbox() is not None
    other = draw_sheet([SheetAxis("cfg", ["5", "8"]), axes[1]], tiles)
    changed = ImageChops.difference(sheet, other).getbbox()
    assert changed is not None
    assert changed[2] <= x  # only the label of the second row


def test_one_axis_is_wrapped_with_captions(tmp_path: Path) -> None:
    axis = SheetAxis("prompt", [f"{n}: a quiet harbour, (mist:1.2)" for n in range(10)])
    sheet = draw_sheet([axis], [picture(tmp_path, n) for n in range(10)])
    corners = [boxes_of(sheet, colour(n)) for n in range(10)]
    assert len({box[1] for box in corners if box}) == 4
    assert 0.5 < sheet.width / sheet.height < 2


def test_a_job_alone_is_a_sheet(tmp_path: Path) -> None:
    sheet = draw_sheet([], [picture(tmp_path, 1)])
    assert boxes_of(sheet, colour(1)) == (4, 4, 132, 100)


def test_what_is_missing_is_shown_as_such(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    tiles = [
        picture(tmp_path, 1),
        Tile(None, "failed: out of memory"),
        Tile(damaged),
        Tile(tmp_path / "no.png"),
    ]
    sheet = draw_sheet([SheetAxis("seed", ["1", "2", "3", "4"]), SheetAxis("x", ["1"])], tiles)
    x, y, right, bottom = boxes_of(sheet, colour(1)) or (0, 0, 0, 0)
    texts = []
    for row in (1, 2, 3):
        tile = sheet.crop((x, y + row * 100, right, bottom + row * 100))
        assert tile.getpixel((tile.width - 1, tile.height - 1)) == EMPTY
        assert ImageChops.difference(tile, Image.new("RGB", tile.size, EMPTY)).getbbox() is not None
        texts.append(tile.tobytes())
    assert len(set(texts)) == 3


def test_proportions_are_kept(tmp_path: Path) -> None:
    tiles = [picture(tmp_path, 1, (100, 100)), picture(tmp_path, 2, (200, 50))]
    sheet = draw_sheet([SheetAxis("a", ["1"]), SheetAxis("b", ["1", "2"])], tiles)
    square, wide = boxes_of(sheet, colour(1)), boxes_of(sheet, colour(2))
    assert square is not None
    assert wide is not None
    assert (square[2] - square[0], square[3] - square[1]) == (100, 100)
    assert (wide[2] - wide[0], wide[3] - wide[1]) == (200, 50)


def test_large_pictures_are_scaled_until_the_sheet_is_within_its_limits(tmp_path: Path) -> None:
    tile = picture(tmp_path, 1, (2000, 1000))
    axes = [SheetAxis("cfg", [str(n) for n in range(40)]), SheetAxis("steps", ["1"])]
    sheet = draw_sheet(axes, [tile] * 40)
    assert max(sheet.size) <= MAX_SIDE_PX
    assert sheet.width * sheet.height <= MAX_PIXELS
    assert sheet.height > 0.9 * MAX_SIDE_PX


def test_too_many_pictures_are_refused_before_any_is_drawn() -> None:
    axes = [SheetAxis("a", [str(n) for n in range(10_000)]), SheetAxis("b", ["1"])]
    with pytest.raises(InputError, match="too many pictures") as caught:
        draw_sheet(axes, [Tile(None)] * 10_000)
    assert caught.value.hint


def test_tiles_and_axes_must_agree() -> None:
    with pytest.raises(ValueError, match="a tile for each"):
        draw_sheet([SheetAxis("a", ["1", "2"])], [Tile(None)])


def test_the_same_sheet_is_the_same_to_the_byte(tmp_path: Path) -> None:
    axes = [SheetAxis("prompt", ["é \x1b[31m \u202e 雨 \ud800", "x" * 5000]), SheetAxis("steps", ["1", "2"])]
    tiles = [picture(tmp_path, n) for n in range(4)]
    assert draw_sheet(axes, tiles, "t").tobytes() == draw_sheet(axes, tiles, "t").tobytes()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.text(max_size=80), min_size=1, max_size=3), max_size=4),
    st.text(max_size=80),
)
def test_any_labels_can_be_drawn(labels: list[list[str]], title: str) -> None:
    axes = [SheetAxis(f"axis {n}", found) for n, found in enumerate(labels)]
    count = 1
    for axis in axes:
        count *= len(axis.labels)
    sheet = draw_sheet(axes, [Tile(None, title)] * count, title)
    assert max(sheet.size) <= MAX_SIDE_PX
