"""A wrong picture is told from the right one: on screenshots that are made up, without a terminal."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from darkroom.terminal.cells import Box
from tests.terminal.decoders import harbour
from tests.terminals import home, judge
from tests.terminals.grid import Grid

GRID = Grid(3, 6, 9, 18, (9, 18))
SCREEN = Box(0, 0, 70, 30)
BOX = Box(12, 4, 42, 21)
GROUND = (18, 16, 14)
SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def pixels_of(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(side) for side in GRID.rect(box))
    return left, top, right, bottom


def screen(content: Image.Image, box: Box = BOX) -> Image.Image:
    """A screenshot with `content` in the cells of `box`."""
    _, _, right, bottom = pixels_of(SCREEN)
    shot = Image.new("RGB", (right + 4, bottom + 4), GROUND)
    left, top, right, bottom = pixels_of(box)
    shot.paste(content.resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    return shot


def half_cells(image: Image.Image) -> Image.Image:
    few = image.resize((BOX.columns, BOX.lines * 2), Image.Resampling.BOX)
    return few.resize((BOX.columns * 9, BOX.lines * 18), Image.Resampling.NEAREST)


def fixed_colours(image: Image.Image) -> Image.Image:
    """The nearest of the 240 fixed colours that all terminals have."""
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(red, green, blue) for red in steps for green in steps for blue in steps]
    palette = np.array(cube + [(grey, grey, grey) for grey in range(8, 239, 10)])
    pixels = np.asarray(image.resize((BOX.columns, BOX.lines * 2), Image.Resampling.BOX)).astype(int)
    nearest = ((pixels[:, :, None] - palette) ** 2).sum(axis=3).argmin(axis=2)
    return half_cells(Image.fromarray(palette[nearest].astype(np.uint8)))


def palette(image: Image.Image) -> Image.Image:
    """What a sixel shows."""
    full = image.resize((BOX.columns * 9, BOX.lines * 18), Image.Resampling.LANCZOS)
    return full.quantize(64, Image.Quantize.FASTOCTREE).convert("RGB")


WAYS = {
    "pixels": harbour(),
    "palette": palette(harbour()),
    "half-cells": half_cells(harbour()),
    "256 colours": fixed_colours(harbour()),
}


def look(shot: Image.Image) -> judge.Match:
    return judge.match(shot, GRID, BOX, harbour())


@pytest.mark.parametrize("way", WAYS)
def test_the_picture_is_right_however_it_is_drawn(way: str) -> None:
    assert look(screen(WAYS[way])).faults() == []


@pytest.mark.parametrize("way", ["pixels", "palette"])
def test_pixels_are_sharp(way: str) -> None:
    assert look(screen(WAYS[way])).faults(sharp=True) == []


def test_a_picture_may_keep_its_proportions_within_its_cells() -> None:
    shot = screen(Image.new("RGB", (1, 1), GROUND))
    left, top, right, bottom = pixels_of(BOX)
    shot.paste(harbour().resize((right - left - 7, bottom - top - 8)), (left + 3, top))
    assert look(shot).faults(sharp=True) == []


def test_the_last_rows_may_be_cut_off() -> None:
    shot = screen(harbour())
    left, _, right, bottom = pixels_of(BOX)
    shot.paste(GROUND, (left, bottom - 8, right, bottom))
    assert look(shot).faults(sharp=True) == []


@pytest.mark.parametrize("way", ["half-cells", "256 colours"])
def test_half_cells_are_too_little_where_pixels_are_possible(way: str) -> None:
    (fault,) = look(screen(WAYS[way])).faults(sharp=True)
    assert fault.startswith("coarse")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_one_cell_beside_its_place_is_wrong(way: str, side: str) -> None:
    across, down = SIDES[side]
    moved = Box(BOX.left + across, BOX.top + down, BOX.columns, BOX.lines)
    seen = look(screen(WAYS[way], moved))
    assert seen.shift == (across, down)
    assert seen.faults()
    assert seen.rough_faults()


@pytest.mark.parametrize("side", ["wider", "higher"])
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_is_stretched_by_two_cells_is_wrong(way: str, side: str) -> None:
    box = Box(12, 4, 44, 21) if side == "wider" else Box(12, 4, 42, 23)
    assert look(screen(WAYS[way], box)).faults()


def blank(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (400, 400), colour)


def sixel_box() -> Image.Image:
    """What tmux draws in place of a sixel that the terminal cannot show."""
    image = blank((0, 0, 0))
    draw = ImageDraw.Draw(image)
    for line in range(0, 400, 18):
        draw.text((0, line), "+" * 66, fill=(230, 230, 230))
    draw.text((3, 3), "SIXEL IMAGE (42x21)", fill=(230, 230, 230))
    return image


def mean() -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in np.asarray(harbour()).reshape(-1, 3).mean(axis=0))
    return red, green, blue


IMPOSTORS = {
    "black": blank((0, 0, 0)),
    "the ground": blank(GROUND),
    "its mean colour": blank(mean()),
    "a sixel's box": sixel_box(),
    "upside down": harbour().transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "mirrored": harbour().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "red and blue swapped": Image.fromarray(np.ascontiguousarray(np.asarray(harbour())[..., ::-1])),
    **{f"number {number}": home.picture(number) for number in range(0, home.REFERENCE, 3)},
}


@pytest.mark.parametrize("name", IMPOSTORS)
@pytest.mark.parametrize("draw", [lambda image: image, half_cells, fixed_colours])
def test_anything_else_is_wrong(name: str, draw: object) -> None:
    assert callable(draw)
    assert look(screen(draw(IMPOSTORS[name]))).faults()


@pytest.mark.parametrize(
    "lost", [Box(12, 24, 42, 1), Box(12, 4, 42, 1), Box(53, 4, 1, 21), Box(12, 4, 1, 21), Box(30, 12, 4, 2)]
)
def test_a_part_that_is_lost_is_missed(lost: Box) -> None:
    """A line, a column, or a hole in it."""
    for drawn in (harbour(), half_cells(harbour())):
        for colour in (GROUND, (255, 255, 255)):
            shot = screen(drawn)
            shot.paste(colour, pixels_of(lost))
            assert look(shot).faults()


def test_a_dimmed_picture_is_the_same_and_another_is_not() -> None:
    dim = Image.eval(half_cells(harbour()), lambda value: value // 3 + 10)
    over = Box(5, 14, 40, 8)
    shot = screen(dim)
    shot.paste(GROUND, pixels_of(over))
    assert judge.match(shot, GRID, BOX, harbour(), [over]).rough_faults() == []
    assert judge.match(shot, GRID, BOX, harbour()).rough_faults() != []
    for other in (home.picture(0), home.picture(4), blank((90, 90, 90))):
        assert judge.match(shot, GRID, BOX, other, [over]).rough_faults() != []


def text(shot: Image.Image, box: Box, colour: tuple[int, int, int]) -> None:
    left, top, *_ = pixels_of(box)
    for line in range(box.lines):
        ImageDraw.Draw(shot).text((left, top + line * 18 + 2), "a quiet harbour, 512×512", fill=colour)


def test_text_is_no_dirt_and_a_strip_of_a_picture_is() -> None:
    shot = screen(blank(GROUND))
    text(shot, SCREEN, (230, 221, 210))
    assert judge.dirt(shot, GRID, SCREEN) == 0
    strip = Box(12, 4, 42, 1)
    shot.paste(harbour().resize((42 * 9, 18)), pixels_of(strip)[:2])
    assert judge.dirt(shot, GRID, SCREEN) > 38
    assert judge.dirt(shot, GRID, SCREEN, [strip]) == 0


def test_a_screen_that_was_not_painted_is_dirt() -> None:
    shot = screen(harbour())
    assert judge.dirt(shot, GRID, SCREEN, [BOX]) == 0
    left = Box(0, 0, 12, 30)
    for ground in ((255, 255, 255), (0, 0, 0)):
        shot.paste(ground, pixels_of(left))
        assert judge.dirt(shot, GRID, SCREEN, [BOX]) == 12 * 30


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (35, 38, 39)])
def test_a_shell_is_clean_whatever_its_colours(ground: tuple[int, int, int]) -> None:
    shot = Image.new("RGB", screen(harbour()).size, ground)
    text(shot, Box(0, 0, 70, 5), (128, 128, 128))
    assert judge.dirt(shot, GRID, SCREEN, bare=True) == 0
    shot.paste(half_cells(harbour()).crop((0, 0, 200, 90)), (300, 300))
    assert judge.dirt(shot, GRID, SCREEN, bare=True) > judge.DIRT_LIMIT
