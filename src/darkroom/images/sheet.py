"""A sweep as one picture: a grid of pictures with its axes written beside it.

The last axis runs to the right, the one before it downwards; for each combination of those before there is a
block with a heading of its own. A single axis is wrapped, each picture with its label above. The same tiles
and labels give the same bytes.

Synchronous, and slow for many pictures: run it in a thread.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw

from darkroom.domain.errors import DamagedPicture, InputError
from darkroom.images.decode import decode, size_px
from darkroom.images.lettering import Lettering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_SIDE_PX = 16_000
"""Longest side of a sheet: what most programs still open."""

MAX_PIXELS = 64_000_000
"""Most pixels of a sheet: 192 MB while it is drawn."""

MIN_TILE_PX = 24
"""Smallest side that a picture is made to fit; a sheet that would need smaller ones is refused."""

MAX_TILE_PX = 2048
"""Largest side of one picture on it."""

_GROUND, _EMPTY = (24, 24, 27), (45, 45, 51)
_GAP = 4
_MEASURED = 20
_USUAL_PX = 512
"""Side of a tile where no picture says another."""


class SheetAxis(NamedTuple):
    """One axis of a sheet.

    Attributes:
        name: What it is called; foreign text.
        labels: Its values in their order, at least one; foreign text.
    """

    name: str
    labels: Sequence[str]

    def label(self, place: int) -> str:
        """What stands beside the pictures of one value."""
        return f"{self.name}: {self.labels[place]}"


class Tile(NamedTuple):
    """One picture, or what stands in its place.

    Attributes:
        picture: Where it is; `None` when there is none.
        note: Why there is none ("failed").
    """

    picture: Path | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything is, in pixels.

    Attributes:
        columns: Tiles beside each other in a block.
        rows: Tiles below each other in a block.
        blocks: How many blocks.
        tile: Width and height of a tile.
        gutter_px: Width of the labels of rows.
        head_px: Height of the labels of columns.
        heading_px: Height of a block's own heading.
        title_px: Height of the title.
        captions: Each row of tiles has labels above it.
    """

    columns: int
    rows: int
    blocks: int
    tile: tuple[int, int]
    gutter_px: int
    head_px: int
    heading_px: int
    title_px: int
    captions: bool

    @property
    def row_px(self) -> int:
        """From one row of tiles to the next."""
        return self.tile[1] + _GAP + (self.head_px if self.captions else 0)

    @property
    def block_px(self) -> int:
        """From one block to the next."""
        return self.heading_px + (0 if self.captions else self.head_px) + self.rows * self.row_px

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole sheet."""
        width = _GAP + self.gutter_px + self.columns * (self.tile[0] + _GAP)
        return width, self.title_px + self.blocks * self.block_px + _GAP

    @property
    def fits(self) -> bool:
        """Whether the sheet is within the limits."""
        width, height = self.size
        return max(width, height) <= MAX_SIDE_PX and width * height <= MAX_PIXELS

    def place(self, index: int) -> tuple[int, int]:
        """Where the upper left corner of a tile is."""
        block, within = divmod(index, self.columns * self.rows)
        row, column = divmod(within, self.columns)
        top = self.title_px + block * self.block_px + self.heading_px + self.head_px + row * self.row_px
        return _GAP + self.gutter_px + column * (self.tile[0] + _GAP), top


def draw_sheet(axes: Sequence[SheetAxis], tiles: Sequence[Tile], title: str = "") -> Image.Image:
    """The sheet of a sweep.

    Pictures keep their proportions; all tiles are as large as the largest picture, or as the limits allow.
    A picture that cannot be decoded, or is not there, leaves a tile that says so.

    Args:
        axes: The outermost first.
        tiles: One for each combination of their values, the last axis changing fastest.
        title: A line above all.

    Raises:
        InputError: There are too many pictures for one sheet.
        ValueError: There are more or fewer tiles than combinations.
    """
    if len(tiles) != math.prod(len(axis.labels) for axis in axes):
        raise ValueError("a tile for each combination")
    layout = _laid_out(axes, _largest(tiles), title)
    sheet = Image.new("RGB", layout.size, _GROUND)
    pen = ImageDraw.Draw(sheet)
    lettering = Lettering(pen, layout.tile[0])
    _write_labels(lettering, layout, axes, title)
    for index, tile in enumerate(tiles):
        _put(sheet, lettering, tile, (*layout.place(index), *layout.tile))
    return sheet


def _largest(tiles: Sequence[Tile]) -> tuple[int, int]:
    """Width and height that hold each picture, by their headers."""
    sizes = [(1, 1)]
    for tile in tiles:
        if tile.picture is not None:
            try:
                sizes.append(size_px(tile.picture))
            except DamagedPicture:
                continue  # its tile says so, when it is drawn
    if len(sizes) == 1:
        return _USUAL_PX, _USUAL_PX
    width, height = (max(side) for side in zip(*sizes, strict=True))
    shrink = min(1.0, MAX_TILE_PX / max(width, height))
    return max(round(width * shrink), 1), max(round(height * shrink), 1)


def _laid_out(axes: Sequence[SheetAxis], largest: tuple[int, int], title: str) -> _Layout:
    """The layout with the largest tiles that fit."""
    # Halving an interval of widths: labels take more lines the narrower a tile is, so no formula tells.
    low, high = MIN_TILE_PX, max(largest[0], MIN_TILE_PX)
    best = _with_tile(axes, largest, low, title)
    if not best.fits:
        count = math.prod(len(axis.labels) for axis in axes)
        raise InputError(
            "There are too many pictures for one sheet",
            f"{count:,} of them would be smaller than {MIN_TILE_PX} pixels on a sheet of {MAX_SIDE_PX:,}",
            "Export a part, such as one value of the outermost axis",
        )
    while low <= high:
        middle = (low + high) // 2
        layout = _with_tile(axes, largest, middle, title)
        if layout.fits:
            best, low = layout, middle + 1
        else:
            high = middle - 1
    return best


def _with_tile(axes: Sequence[SheetAxis], largest: tuple[int, int], width: int, title: str) -> _Layout:
    height = max(round(largest[1] * width / largest[0]), MIN_TILE_PX)
    measure = Lettering(None, width)
    columns, rows, blocks = _shape(axes, width / height)
    beside = max((measure.length(label) for label in _longest(axes[-2:-1])), default=0)
    head = max((measure.height(label, width) for label in _longest(axes[-1:])), default=0)
    return _Layout(
        columns=columns,
        rows=rows,
        blocks=blocks,
        tile=(width, height),
        gutter_px=min(beside, max(width, measure.length("n" * 12))) + _GAP if beside else 0,
        head_px=head + _GAP if axes else 0,
        heading_px=measure.line_px * 2 if len(axes) > 2 else 0,
        title_px=measure.line_px * 2 if title else _GAP,
        captions=len(axes) == 1,
    )


def _longest(axes: Sequence[SheetAxis]) -> list[str]:
    """The labels that may need most room; to measure all of thousands takes minutes."""
    labels = (axis.label(place) for axis in axes for place in range(len(axis.labels)))
    return heapq.nlargest(_MEASURED, labels, key=len)


def _shape(axes: Sequence[SheetAxis], ratio: float) -> tuple[int, int, int]:
    """Columns, rows and blocks."""
    counts = [len(axis.labels) for axis in axes]
    if len(counts) > 1:
        return counts[-1], counts[-2], math.prod(counts[:-2])
    count = math.prod(counts)
    columns = min(count, max(1, math.ceil(math.sqrt(count / ratio))))
    return columns, math.ceil(count / columns), 1


def _write_labels(lettering: Lettering, layout: _Layout, axes: Sequence[SheetAxis], title: str) -> None:
    width, _ = layout.size
    if title:
        lettering.write(title, (_GAP, _GAP, width - 2 * _GAP, layout.title_px), lines=1)
    for block, outer in enumerate(product(*(range(len(axis.labels)) for axis in axes[:-2]))):
        top = layout.title_px + block * layout.block_px
        if outer:
            heading = ", ".join(axis.label(n) for axis, n in zip(axes, outer, strict=False))
            lettering.write(heading, (_GAP, top + _GAP, width - 2 * _GAP, layout.heading_px), lines=1)
        first = block * layout.columns * layout.rows
        if len(axes) > 1:
            for row in range(layout.rows):
                _, y = layout.place(first + row * layout.columns)
                lettering.write(axes[-2].label(row), (_GAP, y, layout.gutter_px - _GAP, layout.tile[1]))
        for place in range(len(axes[-1].labels) if axes else 0):
            x, y = layout.place(first + place)
            box = (x, y - layout.head_px, layout.tile[0], layout.head_px)
            lettering.write(axes[-1].label(place), box)


def _put(sheet: Image.Image, lettering: Lettering, tile: Tile, box: tuple[int, int, int, int]) -> None:
    x, y, width, height = box
    note = tile.note or "no picture"
    if tile.picture is not None:
        try:
            picture = decode(tile.picture, (width, height), background=_GROUND)
        except DamagedPicture:
            note = "damaged" if tile.picture.is_file() else "gone"
        else:
            sheet.paste(picture, (x + (width - picture.width) // 2, y + (height - picture.height) // 2))
            return
    sheet.paste(_EMPTY, (x, y, x + width, y + height))
    lettering.write(note, (x + _GAP, y + _GAP, width - 2 * _GAP, height - 2 * _GAP), quiet=True)
