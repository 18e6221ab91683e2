"""A screen as somebody sees it: an image of all its cells.

Letters are not drawn: a cell with text is its background. So areas with pictures can be compared, and an area
without one is plain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tests.terminal.scripted.grid import DEFAULT, RGB
from tests.terminal.scripted.placeholders import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.terminal.scripted.grid import Cell, Grid
    from tests.terminal.scripted.pictures import Kept
    from tests.terminal.scripted.screen import Screen

    Pixels = NDArray[np.uint8]

TEXT, GROUND = 0xD0D0D0, 0x000000
"""The terminal's own colours."""

GARBAGE = 0xFF00FF
"""What stands for a placeholder in a terminal that knows none."""

_ANSI = (0, 0xCD0000, 0xCD00, 0xCDCD00, 0xEE, 0xCD00CD, 0xCDCD, 0xE5E5E5,
         0x7F7F7F, 0xFF0000, 0xFF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0xFFFF, 0xFFFFFF)  # fmt: skip
"""The first 16 colours, as xterm has them."""


def colour(value: int, default: int) -> int:
    """0xRRGGBB of a cell's colour. Source: xterm, 256colres.pl."""
    if value == DEFAULT:
        return default
    if value >= RGB:
        return value & 0xFFFFFF
    if value < 16:
        return _ANSI[value]
    if value >= 232:
        return (8 + 10 * (value - 232)) * 0x010101
    steps = (0, 95, 135, 175, 215, 255)
    red, rest = divmod(value - 16, 36)
    return steps[red] << 16 | steps[rest // 6] << 8 | steps[rest % 6]


def screen_image(screen: Screen) -> Image.Image:
    """The whole screen, in pixels of its cells."""
    grid, (width, height) = screen.grid, screen.cell_px
    halves = np.array([_halves(cells) for cells in grid.cells], dtype=np.uint32)  # lines, columns, 2
    halves = halves.transpose(0, 2, 1).reshape(grid.lines * 2, grid.columns)
    rgb = np.stack([halves >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)
    upper = height // 2
    pixels = rgb.repeat(width, axis=1).repeat([upper, height - upper] * grid.lines, axis=0)
    _put_pictures(screen, pixels)
    _put_sixels(grid, pixels, width, height)
    return Image.fromarray(pixels)


def _halves(cells: list[Cell]) -> list[tuple[int, int]]:
    found = []
    for text, fore, back in cells:
        ink, ground = colour(fore, TEXT), colour(back, GROUND)
        upper = ink if text in ("▀", "█") else ground
        lower = ink if text in ("▄", "█") else ground
        found.append((upper, lower))
    return found


def _put_pictures(screen: Screen, pixels: Pixels) -> None:
    width, height = screen.cell_px
    scaled: dict[int, tuple[Pixels, NDArray[np.bool_]]] = {}
    for line, cells in enumerate(screen.grid.cells):
        for column, part in parts(cells):
            place = pixels[line * height : (line + 1) * height, column * width : (column + 1) * width]
            picture = screen.pictures.kept.get(part.picture)
            if not screen.profile.placeholders:
                place[:] = GARBAGE >> 16, GARBAGE >> 8 & 255, GARBAGE & 255
                continue
            if picture is None or picture.cells is None:
                continue
            if part.picture not in scaled:
                scaled[part.picture] = _scaled(picture, picture.cells, (width, height))
            image, inside = scaled[part.picture]
            top, left = part.line * height, part.column * width
            cut = image[top : top + height, left : left + width]
            mask = inside[top : top + height, left : left + width]
            place[: cut.shape[0], : cut.shape[1]][mask] = cut[mask]


def _scaled(
    picture: Kept, cells: tuple[int, int], cell_px: tuple[int, int]
) -> tuple[Pixels, NDArray[np.bool_]]:
    """The picture in the middle of its cells with its own proportions, and where it is."""
    box = cells[0] * cell_px[0], cells[1] * cell_px[1]
    image = picture.image
    scale = min(box[0] / image.width, box[1] / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    left, top = (box[0] - size[0]) // 2, (box[1] - size[1]) // 2
    canvas = np.zeros((box[1], box[0], 3), dtype=np.uint8)
    inside = np.zeros((box[1], box[0]), dtype=bool)
    canvas[top : top + size[1], left : left + size[0]] = np.asarray(
        image.resize(size, Image.Resampling.BILINEAR)
    )
    inside[top : top + size[1], left : left + size[0]] = True
    return canvas, inside


def _put_sixels(grid: Grid, pixels: Pixels, width: int, height: int) -> None:
    for line, columns in enumerate(grid.pixels):
        for column, layers in enumerate(columns):
            for part in layers:
                top, left = part.line * height, part.column * width
                cut = part.sixel.array[top : top + height, left : left + width]
                y, x = line * height, column * width
                pixels[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
