"""A widget of a few lines in tones, drawn without markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from darkroom.app.widgets.sparing import Sparing
from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from darkroom.app.widgets.lines import Line


class TextLines(Sparing, Widget):
    """Draws what `lines` gives; call `refresh` when that has changed. The stylesheet sets its height."""

    ALLOW_SELECT = False

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The lines, each at most `columns` cells wide."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        columns = self.size.width
        base = self.rich_style
        lines = self.lines(columns) if columns else ()
        if y >= len(lines):
            return Strip.blank(columns, base)
        segments = [Segment(piece.text, base + tone_style(self, piece.tone)) for piece in lines[y]]
        return Strip(segments).adjust_cell_length(columns, base)
