"""Painting a prepared picture: as lines of text, as kitty placeholders, or as a sixel over blank lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.content import Content
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from darkroom.app.graphics import Graphics, Payload, graphics_of
from darkroom.app.widgets.picture.paint import Watched, unobstructed
from darkroom.app.widgets.picture.strips import PlaceholderStrip
from darkroom.terminal import sixel
from darkroom.terminal.brands import brand
from darkroom.terminal.flow import PIECE
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

    from darkroom.app.widgets.picture.prepare import Prepared


LINGER_S = 0.1
"""How long kitty keeps the picture before: deleted at once, the screen blinks between the two."""


class Canvas(Widget):
    """Shows what `put` gives it, in the middle, until the next `put`."""

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    Canvas {
        width: 1fr;
        height: 1fr;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: Prepared | None = None
        self._words = ""
        self._ground = Style()
        self._covered = False
        self._stale = False
        self._paint_seen = False
        self._numbers: set[int] = set()

    @property
    def graphics(self) -> Graphics:
        """The program's line to the terminal."""
        return graphics_of(self.app)

    def put(self, prepared: Prepared | None) -> None:
        """Puts a picture on the screen, `None` for an empty area.

        A kitty picture is in the terminal by now.
        """
        before = self._shown
        replaces = before is not None and prepared is not None and self._replaces_sixel(before, prepared)
        self._shown, self._stale = prepared, False
        if before is not None and before is not prepared:
            self._retire(before)
        if not replaces:
            self.refresh()

    def _retire(self, before: Prepared) -> None:
        """A picture is shown no more: a moment later the terminal need not have it either."""
        if before.protocol is Protocol.KITTY:
            self.set_timer(LINGER_S, lambda: self.drop(before.request.number))

    def forget(self) -> None:
        """What the terminal has of ours counts no more: half blocks, until the next `put`."""
        for number in tuple(self._numbers):
            self.drop(number)
        self._stale = True
        self.refresh()

    def take(self) -> int:
        """A number for a kitty picture of this widget."""
        number = self.graphics.take()
        self._numbers.add(number)
        return number

    def drop(self, number: int) -> None:
        """Deletes a kitty picture, if it is still there; 0 is none."""
        if number in self._numbers:
            self._numbers.discard(number)
            self.graphics.delete(number)

    def say(self, words: str) -> None:
        """Writes a line over the picture, or in the middle of an empty area."""
        if words != self._words:  # painting over a sixel for nothing blanks it until it is drawn again
            self._words = words
            self.refresh()

    def _replaces_sixel(self, before: Prepared, prepared: Prepared) -> bool:
        """Whether the new sixel paints over all of the old one: then nothing is blanked in between."""
        sixels = before.protocol is Protocol.SIXEL and prepared.protocol is Protocol.SIXEL
        is_there = sixels and before.box == prepared.box and not self._covered and not self._stale
        return is_there and self._is_free(prepared)

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
        strips = shown.strips(plain=self._covered or self._stale or bool(self._words))
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
        if protocol is Protocol.SIXEL:
            return [Watched(strip, self._painted) for strip in strips]
        if protocol is Protocol.KITTY:
            return [PlaceholderStrip(strip, strip.cell_length) for strip in strips]
        return strips

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
        if shown is None or shown.protocol is not Protocol.SIXEL or self._stale or not self.is_attached:
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
        self.run_worker(
            self._deliver_sixel(shown),
            group="sixel",
            exclusive=True,
            exit_on_error=False,
            description="draw the picture over its blank lines",
        )

    async def _deliver_sixel(self, shown: Prepared) -> bool:
        """Draws it where its blank lines are now; whether that was done."""
        region = self._region(shown)
        sequence = sixel.at(shown.payload, region.x, region.y) + self._edge(region)
        pieces = tuple(sequence[at : at + PIECE] for at in range(0, len(sequence), PIECE))
        return await self.graphics.deliver(self, Payload(pieces, whole=True))

    def _edge(self, region: Region) -> str:
        """Blanks what the terminal clears beside a sixel, where that is ours."""
        evidence = self.graphics.evidence
        widens = evidence is not None and brand(evidence.version).widens_sixels
        if not widens or region.right >= self.content_region.right:
            return ""
        return sixel.edge(region.right, region.y, region.height, self.background_colors[1].rgb)
