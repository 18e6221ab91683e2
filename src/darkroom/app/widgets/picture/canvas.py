"""Painting a prepared picture: as lines of text, as kitty placeholders, or as a sixel over blank lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.content import Content
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from darkroom.app.widgets.picture.paint import Watched, unobstructed
from darkroom.app.widgets.picture.terminal import Terminal
from darkroom.terminal.protocol import Choice, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

    from darkroom.app.widgets.picture.prepare import Prepared


class Canvas(Widget):
    """Shows what `put` gives it, in the middle, until the next `put`."""

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    Canvas {
        width: 1fr;
        height: 1fr;
    }
    """

    choice: reactive[Choice] = reactive(Choice(Protocol.HALF, "the default"), init=False)
    """How pictures are drawn."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: Prepared | None = None
        self._words = ""
        self._ground = Style()
        self._covered = False
        self._paint_seen = False
        self._line = Terminal(self)

    def put(self, prepared: Prepared | None) -> None:
        """Puts a picture on the screen, `None` for an empty area.

        The terminal's own copy of the picture before is deleted a moment later.
        """
        before, self._shown = self._shown, prepared
        if before is not None and before.protocol is Protocol.KITTY:
            self._line.delete_soon(before.request.number)
        if prepared is not None and prepared.protocol is Protocol.KITTY:
            self._line.write(prepared.payload)
        if before is not None and prepared is not None and self._replaces_sixel(before, prepared):
            self._draw_sixel(prepared)
        else:
            self.refresh()

    def say(self, words: str) -> None:
        """Writes a line over the picture, or in the middle of an empty area."""
        self._words = words
        self.refresh()

    def _replaces_sixel(self, before: Prepared, prepared: Prepared) -> bool:
        """Whether the new sixel paints over all of the old one: then nothing is blanked in between."""
        sixels = before.protocol is Protocol.SIXEL and prepared.protocol is Protocol.SIXEL
        return sixels and before.box == prepared.box and self._is_free(prepared) and not self._covered

    # Lines

    def render_line(self, y: int) -> Strip:
        """A prepared line; nothing is decoded or encoded here."""
        width, height = self.content_size
        blank = Strip.blank(width, self._ground)
        shown = self._shown
        if shown is None or shown.words:
            words = self._words or (shown.words if shown is not None else "")
            return self._text(words, width) if words and y == height // 2 else blank
        if self._words and y == height - 1:
            return self._text(self._words, width)
        place = shown.place(width, height)
        strips = shown.strips(plain=self._covered or bool(self._words))
        line = y - place.top
        if not 0 <= line < len(strips):
            return blank
        left = [Strip.blank(place.left, self._ground)] if place.left else []
        return Strip.join([*left, strips[line]]).adjust_cell_length(width, self._ground)

    def _text(self, words: str, width: int) -> Strip:
        """One line in the middle. The words may be foreign, and `Content` reads no markup in them."""
        content = Content(words).truncate(width, ellipsis=True)
        left = (width - content.cell_length) // 2
        segments = content.render_segments(self.visual_style)
        return Strip([*Strip.blank(left, self._ground), *segments]).adjust_cell_length(width, self._ground)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines; they are watched while a sixel has to be drawn over them."""
        # Once for all lines: Textual works it out from all ancestors each time it is asked.
        self._ground = self.rich_style
        protocol = self._shown.protocol if self._shown is not None else Protocol.NONE
        if protocol in (Protocol.KITTY, Protocol.SIXEL):
            self._notice_screens(protocol)
        strips = super().render_lines(crop)
        return [Watched(strip, self._painted) for strip in strips] if protocol is Protocol.SIXEL else strips

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters without the one that gives palette colours RGB values.

        A placeholder's palette colour is its number and must arrive as it is, and the thousands of colours of
        half blocks have RGB values already: looking at each costs more than all the rest of a paint.
        """
        return [item for item in super().get_line_filters() if not isinstance(item, ANSIToTruecolor)]

    def _notice_screens(self, protocol: Protocol) -> None:
        """A screen above tints this one: half blocks take that, a placeholder's colour is its number."""
        below = not self.screen.is_active
        if below != self._covered and (below or protocol is Protocol.KITTY):
            self._covered = below
            # This is the middle of a paint: `refresh` would be heard at the next one only.
            self._styles_cache.clear()

    # Sixels

    def _painted(self) -> None:
        if not self._paint_seen:
            self._paint_seen = True
            self.call_later(self._after_paint)

    def _after_paint(self) -> None:
        """Text was painted over the sixel: draws it again, or half blocks while something is in the way."""
        self._paint_seen = False
        shown = self._shown
        if shown is None or shown.protocol is not Protocol.SIXEL or not self.is_attached:
            return
        free = self._is_free(shown)
        if free == self._covered:
            self._covered = not free
            self.refresh()
        elif free:
            self._draw_sixel(shown)

    def _region(self, shown: Prepared) -> Region:
        """The picture's place on the screen."""
        place = shown.place(*self.content_size)
        offset = self.content_region.offset
        return Region(offset.x + place.left, offset.y + place.top, place.columns, place.lines)

    def _is_free(self, shown: Prepared) -> bool:
        return not self._words and unobstructed(self, self._region(shown))

    def _draw_sixel(self, shown: Prepared) -> None:
        region = self._region(shown)
        self._line.draw_at(shown.payload, region.x, region.y)
