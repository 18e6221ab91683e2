"""The canvas with a view: which part of a picture is wanted, and in how many pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from darkroom.app.widgets.picture.canvas import Canvas
from darkroom.app.widgets.picture.prepare import Request, decode_box, room
from darkroom.app.widgets.picture.view import FIT, Room, View
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.images.decoded import DecodedCache


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that is asked for; see `Picture.show`."""

    source: bytes | Path
    ident: str
    live: bool = False


class ViewedCanvas(Canvas):
    """Knows what is to be seen of whichever picture it shows."""

    def __init__(
        self, *, id: str | None = None, classes: str | None = None, decoded: DecodedCache | None = None
    ) -> None:
        """An empty area.

        Args:
            id: Textual's id.
            classes: CSS classes.
            decoded: Where decoded pictures are kept, for who moves about in them.
        """
        super().__init__(id=id, classes=classes)
        self._decoded = decoded
        self._view = FIT
        self._moving = False

    @property
    def view(self) -> View:
        """What is seen of the picture; of the next one the same."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self._moving = True
            self._again()

    def _again(self) -> None:
        """Draws the picture anew."""
        raise NotImplementedError

    @property
    def room(self) -> Room:
        """Where it is drawn."""
        return room(self.graphics.protocol, *self.drawn_area, self.graphics.cell_px)

    @property
    def drawn_area(self) -> tuple[int, int]:
        """Columns and lines that a picture may fill: but for what the terminal would cut off, all of them."""
        columns, lines = self.content_size
        limit_px = self.graphics.choice.limit_px
        if limit_px is None or self.graphics.protocol is not Protocol.SIXEL:
            return columns, lines
        width, height = self.graphics.cell_px
        return min(columns, limit_px // width), min(lines, limit_px // height)

    @property
    def decode_box(self) -> tuple[int, int] | None:
        """The pixels that another picture would be decoded to; `None` for all of them."""
        return decode_box(self._view, self.graphics.protocol, self.room)

    @property
    def ground(self) -> tuple[int, int, int]:
        """What shows through where a picture is transparent."""
        return self.background_colors[1].rgb

    @property
    def natural_px(self) -> tuple[int, int] | None:
        """Width and height of the picture that is shown; `None` where there is none."""
        shown = self._shown
        return None if shown is None or shown.decoded is None else shown.decoded.natural_px

    def request_for(self, wanted: Wanted, protocol: Protocol) -> Request:
        """A request for the size of now."""
        columns, lines = self.drawn_area
        return Request(
            wanted.source,
            wanted.ident,
            wanted.live,
            protocol,
            columns=columns,
            lines=lines,
            cell_px=self.graphics.cell_px,
            background=self.ground,
            tmux=self.graphics.choice.tmux,
            colours=self.graphics.colours,
            view=self._view,
            cache=self._decoded,
            stands_for=self.graphics.protocol,
            encoded=self.graphics.encoded,
        )

    def numbered(self, request: Request) -> Request:
        """The request with a number in the terminal, where its protocol has them."""
        return replace(request, number=self.take()) if request.protocol is Protocol.KITTY else request

    def drawn_px(self) -> tuple[int, int]:
        """Pixels of the cells that a picture fills, about."""
        shown, (width, height) = self._shown, self.graphics.cell_px
        columns, lines = self.content_size if shown is None else (shown.box.columns, shown.box.lines)
        return columns * width, lines * height
