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
from darkroom.terminal.diacritics import DIACRITICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.Image import Image
    from rich.console import Console

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


class _Cells(Segment):
    """Placeholders, which are cut exactly between cells.

    Rich looks for the place by the length of the text and is one diacritic off at some widths: the cell to
    the left lost its column then, and the part to the right began with it.

    Source: rich 14.2, `Segment._split_cells`: any place that has the right width will do.
    """

    __slots__ = ()

    def split_cells(self, cut: int) -> tuple[Segment, Segment]:
        """The first `cut` cells, and the others."""
        text, style, control = self
        starts = [place for place, char in enumerate(text) if char == kitty.PLACEHOLDER]
        at = starts[cut] if cut < len(starts) else len(text)
        return _Cells(text[:at], style, control), _Cells(text[at:], style, control)


class PlaceholderStrip(Strip):
    """A strip whose kitty placeholders are written short: half the bytes or less.

    Its segments hold every placeholder with its own line and column, so that whatever cuts, joins, pads or
    filters it cannot go wrong. Only what is written leaves out what the terminal infers from the cell to the
    left. A part that became a plain `Strip` on its way is made short by the driver, which takes longer; who
    puts strips together spares that by `PlaceholderStrip(strip, strip.cell_length)`.
    """

    __slots__ = ()

    def __init__(self, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        super().__init__(
            [_Cells(*part) if _is_cells(part.text) else part for part in segments],
            cell_length,
        )

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """As the base class, with parts that are written short."""
        return [_short(part) for part in super().divide(cuts)]

    def crop(self, start: int, end: int | None = None) -> Strip:
        """As the base class, with a part that is written short."""
        return _short(super().crop(start, end))

    def extend_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """As the base class, written short."""
        return _short(super().extend_cell_length(cell_length, style))

    def adjust_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """As the base class, written short."""
        if cell_length < self.cell_length:
            return self.crop(0, cell_length)
        return _short(super().adjust_cell_length(cell_length, style))

    def render(self, console: Console) -> str:
        """The escape sequences. In them each row of neighbouring placeholders is short."""
        if self._render_cache is None:
            self._render_cache = kitty.shortened(super().render(console))
        return self._render_cache


def _is_cells(text: str) -> bool:
    """Whether it is placeholders and nothing else."""
    return text.startswith(kitty.PLACEHOLDER) and not text.strip(kitty.PLACEHOLDER + DIACRITICS)


def _short(strip: Strip) -> Strip:
    return strip if isinstance(strip, PlaceholderStrip) else PlaceholderStrip(strip, strip.cell_length)


def placeholder_strips(number: int, columns: int, lines: int) -> list[Strip]:
    """Strips that show the kitty picture `number`, `columns` wide."""
    style = Style.from_color(Color("", ColorType.EIGHT_BIT, kitty.colour(number)))
    return [
        PlaceholderStrip([Segment(text, style)], columns) for text in _full_rows(number >> 24, columns, lines)
    ]


@lru_cache(maxsize=64)
def _full_rows(high: int, columns: int, lines: int) -> tuple[str, ...]:
    cells = range(columns)
    return tuple("".join(kitty.placeholder(high << 24, row, cell) for cell in cells) for row in range(lines))


def thumbnail_box(columns: int, lines: int) -> tuple[int, int]:
    """Pixels worth decoding for a thumbnail of that many cells."""
    return columns * 4, lines * 8


def thumbnail_strips(
    image: Image, columns: int, lines: int, *, cell_px: tuple[int, int] = DEFAULT_CELL, few: bool = False
) -> list[Strip]:
    """The picture in the middle of `columns` × `lines` cells of half blocks; run it in a thread.

    The cells around it are blank and without a style: they take the row's background.

    Args:
        image: RGB; `thumbnail_box` says which size is enough.
        columns: Width of every strip.
        lines: Number of strips.
        cell_px: Size of a cell; only its proportion counts.
        few: The terminal has 256 colours: the nearest of these, where Rich makes most of a picture grey.
    """
    from darkroom.terminal import halfcells

    box = fit(image.size, columns, lines, cell_px)
    drawn = half_strips(halfcells.rows(image, box.columns, box.lines, few=few))
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
