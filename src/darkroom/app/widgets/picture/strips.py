"""Pictures as strips, the lines that Textual paints.

Nothing here needs the event loop: strips are made in threads and only handed over to it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from darkroom.terminal import kitty
from darkroom.terminal.cells import DEFAULT_CELL, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from darkroom.terminal.halfcells import Run


def half_strips(rows: Sequence[Sequence[Run]], colours: ColorSystem | None = None) -> list[Strip]:
    """The runs of `halfcells.rows` as strips, one a line, each as wide as its runs.

    Args:
        rows: The runs.
        colours: What the terminal shows: the escape sequences are made beforehand for exactly that. Without
            it Textual makes them when it paints.
    """
    return [
        Strip(
            [Segment(run.text, _style(run.upper, run.lower, colours)) for run in line],
            sum(len(run.text) for run in line),
        )
        for line in rows
    ]


def placeholder_strips(number: int, columns: int, lines: int) -> list[Strip]:
    """Strips that show the kitty picture `number`, `columns` wide."""
    style = Style.from_color(Color("", ColorType.EIGHT_BIT, kitty.colour(number)))
    return [Strip([Segment(text, style)], columns) for text in kitty.placeholders(number, columns, lines)]


def thumbnail_box(columns: int, lines: int) -> tuple[int, int]:
    """Pixels worth decoding for a thumbnail of that many cells."""
    return columns * 4, lines * 8


def thumbnail_strips(
    image: Image, columns: int, lines: int, *, cell_px: tuple[int, int] = DEFAULT_CELL
) -> list[Strip]:
    """The picture in the middle of `columns` × `lines` cells of half blocks; run it in a thread.

    The cells around it are blank and without a style: they take the row's background.

    Args:
        image: RGB; `thumbnail_box` says which size is enough.
        columns: Width of every strip.
        lines: Number of strips.
        cell_px: Size of a cell; only its proportion counts.
    """
    from darkroom.terminal import halfcells

    box = fit(image.size, columns, lines, cell_px)
    drawn = half_strips(halfcells.rows(image, box.columns, box.lines))
    before, after = Segment(" " * box.left), Segment(" " * (columns - box.left - box.columns))
    padded = [Strip([part for part in (before, *strip, after) if part.text], columns) for strip in drawn]
    blank = Strip([Segment(" " * columns)], columns)
    return [blank] * box.top + padded + [blank] * (lines - box.top - box.lines)


@lru_cache(maxsize=32_768)
def _style(upper: int, lower: int, colours: ColorSystem | None) -> Style:
    """A style costs more than the cell it paints, and pictures repeat colours from frame to frame.

    Its escape sequence costs most; made here, in the thread, it is there when the event loop paints.
    """
    style = Style.from_color(_colour(upper), _colour(lower))
    if colours is not None:
        Strip.render_ansi(style, colours)
    return style


def _colour(value: int) -> Color:
    triplet = ColorTriplet(value >> 16, value >> 8 & 255, value & 255)
    return Color("", ColorType.TRUECOLOR, None, triplet)
