"""Knowing which cells of the screen were painted over, for pictures that lie over its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from darkroom.app.widgets.batch.rowstrip import RowStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console
    from rich.style import Style


class TellingStrip(RowStrip):
    """A strip that tells which columns of it go to the terminal, when they do.

    Textual asks for far more strips than it paints, and cuts them into the parts that it paints: only what
    is rendered is written, and each part knows where it was in the whole.
    """

    __slots__ = ("_first", "_told")

    def __init__(self, strip: Strip, first: int, told: Callable[[int, int], object]) -> None:
        """A strip at its place.

        Args:
            strip: What is painted.
            first: The column of its first cell.
            told: Is given the first column that was painted, and the one behind the last.
        """
        # Its placeholders are known as such already: to look at each piece again would double the time.
        Strip.__init__(self, strip, strip.cell_length)
        self._first = first
        self._told = told

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """As the base class, with telling parts."""
        parts: list[Strip] = []
        first = self._first
        for part in Strip.divide(self, cuts):
            parts.append(TellingStrip(part, first, self._told))
            first += part.cell_length
        return parts

    def crop(self, start: int, end: int | None = None) -> Strip:
        """As the base class, with a telling part."""
        part = Strip.crop(self, start, end)
        return part if part is self else TellingStrip(part, self._first + start, self._told)

    def adjust_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """As the base class, with a telling part."""
        part = Strip.adjust_cell_length(self, cell_length, style)
        return part if part is self else TellingStrip(part, self._first, self._told)

    def render(self, console: Console) -> str:
        """As the base class, and tells of it."""
        self._told(self._first, self._first + self.cell_length)
        return super().render(console)
