"""Small pictures from large ones; in threads, where Pillow and numpy are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from textual.strip import Strip

from darkroom.app.widgets.picture.strips import half_strips
from darkroom.terminal.cells import DEFAULT_CELL, Box, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from darkroom.services.core import Core
    from darkroom.terminal.levels import Level

SIDES_PX = (160, 320, 640, 1280)
"""Sizes of the thumbnails on disk: all sizes of a grid, and all ways of drawing, come from the same few."""


class Encoded(NamedTuple):
    """A picture that is ready to be sent.

    Attributes:
        data: As its protocol has it.
        box: Where it lies in its cells.
    """

    data: bytes
    box: Box


class Sixel(NamedTuple):
    """A picture that is ready to be drawn.

    Attributes:
        sequence: Paints it where the cursor is.
        box: Where it lies in its cells.
    """

    sequence: str
    box: Box


class Maker:
    """Reads pictures of the store as thumbnails, kept on disk."""

    def __init__(self, core: Core) -> None:
        self._blobs = core.store.blobs
        self._folder = core.paths.cache / "thumbnails"

    def image(self, blob_hash: str, box_px: tuple[int, int]) -> Image:
        """The picture as RGB, at least as large as `box_px` where the original is. Blocking.

        Raises:
            DamagedPicture: It cannot be decoded.
        """
        from darkroom.images.thumbnail import ThumbnailCache

        side = next((side for side in SIDES_PX if side >= max(box_px)), SIDES_PX[-1])
        cache, path = ThumbnailCache(self._folder), self._blobs.path(blob_hash)
        return cache.thumbnail(path, blob_hash, (side, side), as_kept=True)

    def half(
        self,
        blob_hash: str,
        cells: tuple[int, int],
        cell_px: tuple[int, int],
        level: Level,
        colours: ColorSystem,
    ) -> Sequence[Strip]:
        """The picture in so many columns and lines of half blocks. Blocking.

        Args:
            blob_hash: Of the picture.
            cells: Columns and lines that there are.
            cell_px: Size of a cell; only its proportion counts.
            level: How exact its colours are.
            colours: What the terminal has.

        Raises:
            DamagedPicture: It cannot be decoded.
        """
        from darkroom.terminal import halfcells

        image = self.image(blob_hash, (cells[0] * DEFAULT_CELL[0], cells[1] * DEFAULT_CELL[1]))
        box = fit(image.size, *cells, cell_px)
        few = colours is ColorSystem.EIGHT_BIT
        rows = halfcells.rows(image, box.columns, box.lines, step=halfcells.STEPS[level], few=few)
        return within(half_strips(rows, colours), box, *cells)

    def kitty(
        self, blob_hash: str, cells: tuple[int, int], cell_px: tuple[int, int], level: Level
    ) -> Encoded:
        """The picture for so many columns and lines of cells of that size. Blocking.

        Raises:
            DamagedPicture: It cannot be decoded.
        """
        from darkroom.terminal import kitty

        image = self.image(blob_hash, (cells[0] * cell_px[0], cells[1] * cell_px[1]))
        box = fit(image.size, *cells, cell_px)
        size_px = box.columns * cell_px[0], box.lines * cell_px[1]
        return Encoded(kitty.encode(image, size_px, level, quick=True), box)

    def sixel(
        self,
        blob_hash: str,
        cells: tuple[int, int],
        cell_px: tuple[int, int],
        level: Level,
        background: tuple[int, int, int],
    ) -> Sixel | None:
        """The picture for so many columns and lines of cells of that size. Blocking.

        Args:
            blob_hash: Of the picture.
            cells: Columns and lines that there are.
            cell_px: Size of a cell.
            level: How good.
            background: Colour of what is left of its cells.

        Raises:
            DamagedPicture: It cannot be decoded.
        """
        from darkroom.terminal import sixel

        image = self.image(blob_hash, (cells[0] * cell_px[0], cells[1] * cell_px[1]))
        box = fit(image.size, *cells, cell_px)
        size_px = box.columns * cell_px[0], box.lines * cell_px[1]
        sequence = sixel.encode(
            image,
            size_px,
            level=level,
            limit_bytes=sixel.TMUX_LIMIT_BYTES,
            background=background,
            quick=True,
        )
        return Sixel(sequence, box) if sequence else None


def within(strips: Sequence[Strip], box: Box, columns: int, lines: int) -> list[Strip]:
    """The strips of a picture at their place in so many cells; those around it have no style."""
    before, after = Segment(" " * box.left), Segment(" " * (columns - box.left - box.columns))
    drawn = [Strip([part for part in (before, *strip, after) if part.text], columns) for strip in strips]
    blank = Strip([Segment(" " * columns)], columns)
    return [blank] * box.top + drawn + [blank] * (lines - box.top - box.lines)
