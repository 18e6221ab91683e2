"""The styles that rows of the form are drawn with, worked out once for the whole form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from darkroom.app.widgets.lines import TONES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual.widget import Widget

    from darkroom.app.widgets.lines import Piece

FORM_TONES = (*TONES, "label", "label-focus", "cursor", "selection", "ghost")
"""Tones of the form, beside those of every list."""

COMPONENTS = frozenset(f"tone--{tone}" for tone in FORM_TONES)
"""Component classes that a widget with a palette declares."""


class Palette:
    """Styles by tone.

    A form of three hundred rows would have the stylesheet applied to thousands of components;
    the rows borrow those of the form instead.
    """

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """Reads the styles again when they are needed next: the theme has changed."""
        self._styles = {}

    def style(self, tone: str) -> Style:
        """The style of a tone, without the background it stands on."""
        if tone not in self._styles:
            self._styles[tone] = self._owner.get_component_rich_style(f"tone--{tone}", partial=True)
        return self._styles[tone]

    def strip(self, pieces: Iterable[Piece], base: Style, columns: int) -> Strip:
        """One line of exactly `columns` cells on the background of `base`."""
        segments = [Segment(text, base + self.style(tone)) for text, tone in pieces]
        return Strip(segments).adjust_cell_length(columns, base)
