"""Sixels on a screen: pixels that lie over cells until text is written there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tests.terminal import decoders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.terminal.scripted.grid import Grid

_SIXEL = re.compile(r"[0-9;]*q")
_RASTER = re.compile(r'[0-9;]*q"\d+;\d+;(\d+);(\d+)')
_DEFINITION = re.compile(r"#(\d+);2;\d+;\d+;\d+")


def is_sixel(body: str) -> bool:
    """Whether a device control string is a sixel picture."""
    return _SIXEL.match(body) is not None


@dataclass(frozen=True)
class Sixel:
    """A picture as it was sent; it is decoded when somebody looks.

    Attributes:
        body: Of the device control string.
        selects: Whether the definition of a colour selects it, as in xterm; in foot it does not.
    """

    body: str
    selects: bool

    @cached_property
    def array(self) -> NDArray[np.uint8]:
        """Its pixels: lines, columns, RGB."""
        body = _DEFINITION.sub(r"\g<0>#\1", self.body) if self.selects else self.body
        (image,) = decoders.sixels(f"\x1bP{body}\x1b\\")
        return np.asarray(image.convert("RGB"))

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as it says itself or else decoded."""
        if raster := _RASTER.match(self.body):
            return int(raster[1]), int(raster[2])
        height, width = self.array.shape[:2]
        return width, height


class Part(NamedTuple):
    """The part of a picture that lies over one cell: so many cells from its corner."""

    sixel: Sixel
    line: int
    column: int


def draw(grid: Grid, sixel: Sixel, cell_px: tuple[int, int]) -> bool:
    """Lays it over the cells from the cursor on; False when it does not fit on the screen."""
    width, height = sixel.size
    across, down = -(-width // cell_px[0]), -(-height // cell_px[1])
    for line in range(min(down, grid.lines - grid.line)):
        covers_line = (line + 1) * cell_px[1] <= height
        for column in range(min(across, grid.columns - grid.column)):
            place = grid.pixels[grid.line + line]
            at = grid.column + column
            covers = covers_line and (column + 1) * cell_px[0] <= width
            below = () if covers else place[at]
            place[at] = (*below, Part(sixel, line, column))
    return grid.line + down <= grid.lines and grid.column + across <= grid.columns
