"""How several pictures share the cells of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal.cells import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2
"""Empty columns between two pictures."""

LEAST_COLUMNS, LEAST_LINES = 16, 6
"""In less a picture cannot be told from another one; so many pictures go on below the screen's end."""


class Grid(NamedTuple):
    """Places of the same size, filled from left to right and then downwards.

    Attributes:
        across: Places beside each other.
        columns: Width of each in cells.
        lines: Height of each in cells, without a caption.
    """

    across: int
    columns: int
    lines: int

    def left(self, place: int) -> int:
        """The first column (0-based) of a place of a row."""
        return place * (self.columns + GAP)


def arrange(
    sizes_px: Sequence[tuple[int, int]],
    columns: int,
    lines: int,
    cell_px: tuple[int, int],
    *,
    caption_lines: int = 0,
) -> Grid:
    """The grid that shows these pictures as large as they can be.

    All of them are on the screen at once as long as each can be recognised; else each row is as high as three
    of the least, and what does not fit scrolls.

    Args:
        sizes_px: Width and height of each picture, at least one.
        columns: Of the screen.
        lines: Likewise; for the pictures and their captions.
        cell_px: Width and height of a cell.
        caption_lines: Lines below each picture.
    """
    count, best, most = len(sizes_px), None, 0
    for across in range(1, count + 1):
        wide = (columns - GAP * (across - 1)) // across
        high = lines // -(-count // across) - caption_lines
        if count > 1 and (wide < min(LEAST_COLUMNS, columns) or high < LEAST_LINES):
            continue
        found, area = _filled(sizes_px, across, wide, high, cell_px)
        if area > most:
            best, most = found, area
    if best is None:
        across = min(count, max(1, (columns + GAP) // (2 * LEAST_COLUMNS + GAP)))
        wide = (columns - GAP * (across - 1)) // across
        high = max(1, min(3 * LEAST_LINES, lines - caption_lines))
        best, _ = _filled(sizes_px, across, wide, high, cell_px)
    return best


def _filled(
    sizes_px: Sequence[tuple[int, int]], across: int, columns: int, lines: int, cell_px: tuple[int, int]
) -> tuple[Grid, int]:
    """The places cut down to what the pictures fill, and how many cells they fill together."""
    boxes = [fit(size, columns, max(1, lines), cell_px) for size in sizes_px]
    grid = Grid(across, max(box.columns for box in boxes), max(box.lines for box in boxes))
    return grid, sum(box.columns * box.lines for box in boxes)
