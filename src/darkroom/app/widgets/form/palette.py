"""The styles that rows of the form are drawn with, worked out once for the whole form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual.widget import Widget

    from darkroom.app.widgets.lines import Piece


class Palette:
    """Styles by tone, remembered until the theme changes."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """Reads the styles again when they are needed next: the theme has changed."""
        self._styles = {}

    def style(self, tone: str) -> Style:
        """The style of a tone, without the background it stands on."""
        if tone not in self._styles:
            self._styles[tone] = tone_style(self._owner, tone)
        return self._styles[tone]

    def strip(self, pieces: Iterable[Piece], base: Style, columns: int) -> Strip:
        """One line of exactly `columns` cells on the background of `base`."""
        segments = [Segment(text, base + self.style(tone)) for text, tone in pieces]
        return Strip(segments).adjust_cell_length(columns, base)
