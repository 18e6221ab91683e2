"""Sixels over the half blocks of a sheet: drawn when nothing has been painted for a moment."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from textual.geometry import Region

from darkroom.app.graphics import Payload
from darkroom.app.widgets.batch.shape import SIDE_COLUMNS, SIZES
from darkroom.app.widgets.gallery.drawing import KEPT_PAGES
from darkroom.app.widgets.picture.paint import unobstructed
from darkroom.domain.errors import DarkroomError
from darkroom.terminal.flow import PIECE
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.app.graphics import Graphics
    from darkroom.app.widgets.gallery.grid import GalleryGrid
    from darkroom.app.widgets.gallery.making import Maker, Sixel
    from darkroom.terminal.levels import Level

REST_S = 0.1
"""Sixels are drawn when nothing has been painted over for so long: scrolling has rested."""

AGAIN_S = 0.5
"""What could not be drawn, since something lay above it for a moment, is looked at again so soon."""


class Laid(NamedTuple):
    """A picture at its place.

    Attributes:
        blob_hash: Of the picture.
        region: Its cells, in cells of the screen.
    """

    blob_hash: str
    region: Region


class SixelOverlay:
    """Pictures that lie over the text of a grid, until text is painted there again.

    The half blocks below stay: they are what is seen while it scrolls, and what any screen above it tints.
    """

    def __init__(
        self, grid: GalleryGrid, graphics: Graphics, maker: Maker, picture: Callable[[int], str]
    ) -> None:
        """Nothing is laid over the grid yet.

        Args:
            grid: Where they are drawn.
            graphics: The line to the terminal.
            maker: Reads pictures.
            picture: Hash of the picture at a position; "" while it is not known.
        """
        self._grid = grid
        self._graphics = graphics
        self._maker = maker
        self._picture = picture
        self._made_for: tuple[int, tuple[int, int]] | None = None
        self._made: OrderedDict[str, Sixel | None] = OrderedDict()
        self._laid: set[Laid] = set()
        self._painted_at = 0.0
        self._is_waiting = False

    def painted(self, y: int, first: int, last: int) -> None:
        """Text was painted in a line of the grid, from column `first` to before `last`."""
        origin = self._grid.region.offset
        region = Region(origin.x + first, origin.y + y, last - first, 1)
        self._laid = {laid for laid in self._laid if not laid.region.overlaps(region)}
        self._painted_at = time.monotonic()
        self._wait(REST_S)

    def ask(self) -> None:
        """There may be something to draw that is not drawn yet."""
        self._wait(REST_S)

    def forget(self) -> None:
        """Pictures are drawn another way from now on, or in another terminal."""
        self._laid.clear()
        self._made.clear()
        self._made_for = None

    def _wait(self, seconds: float) -> None:
        if not self._is_waiting and self._graphics.protocol is Protocol.SIXEL:
            self._is_waiting = True
            self._grid.set_timer(seconds, self._rested)

    def _rested(self) -> None:
        self._is_waiting = False
        left = self._painted_at + REST_S - time.monotonic()
        if left > 0:
            self._wait(left)
        else:
            self._grid.run_worker(
                self._draw(),
                group="gallery-sixels",
                exclusive=True,
                exit_on_error=False,
                description="drawing pictures over the grid",
            )

    async def _draw(self) -> None:
        """Draws what is in sight and not drawn, until something else is painted."""
        began = self._painted_at
        in_sight = self._grid.in_sight()
        level = self._level(len(in_sight))
        is_missing = False
        for position in in_sight:
            sixel = await self._sixel(position, level)
            if self._painted_at != began:
                return  # it is asked for again when that has rested
            laid = None if sixel is None else self._place(position, sixel)
            if sixel is not None and laid is not None and laid not in self._laid:
                await self._deliver(laid, sixel)
            is_missing = is_missing or laid not in self._laid
        if is_missing and self._grid.screen.is_active:
            self._wait(AGAIN_S)
        while len(self._made) > max(len(in_sight), 1) * KEPT_PAGES:
            self._made.popitem(last=False)

    def _level(self, count: int) -> Level:
        """How good the line affords so many of them."""
        columns, lines = SIZES[self._grid.size_index]
        width, height = self._graphics.cell_px
        box_px = columns * width, lines * height * max(count, 1)
        return self._graphics.level(Protocol.SIXEL, box_px, live=False)

    async def _sixel(self, position: int, level: Level) -> Sixel | None:
        """The picture at a position; `None` when there is none, or it cannot be drawn."""
        blob_hash, size, cell_px = self._picture(position), self._grid.size_index, self._graphics.cell_px
        if self._made_for != (size, cell_px):
            self.forget()
            self._made_for = size, cell_px
        if not blob_hash:
            return None
        if blob_hash not in self._made:
            try:
                made = await asyncio.to_thread(
                    self._maker.sixel, blob_hash, SIZES[size], cell_px, level, self._ground()
                )
            except DarkroomError:
                made = None
            if self._made_for != (size, cell_px):
                return None
            self._made[blob_hash] = made
        self._made.move_to_end(blob_hash)
        return self._made[blob_hash]

    def _ground(self) -> tuple[int, int, int]:
        return self._grid.background_colors[1].rgb

    def _place(self, position: int, sixel: Sixel) -> Laid | None:
        """Where it is drawn; `None` where even a part of it is out of sight, or something lies above it."""
        grid, box = self._grid, sixel.box
        x, y = grid.shape.corner(position)
        left = grid.region.x + x - round(grid.scroll_x) + SIDE_COLUMNS + box.left
        top = grid.region.y + y - round(grid.scroll_y) + box.top
        region = Region(left, top, box.columns, box.lines)
        return Laid(self._picture(position), region) if unobstructed(grid, region) else None

    async def _deliver(self, laid: Laid, sixel: Sixel) -> None:
        from darkroom.terminal import sixel as sixels

        self._laid.add(laid)
        region = laid.region
        # A sixel may end some rows above the foot of its cells, where half blocks would look out.
        foot = _blank(region.line_span[1] - 1, region.x, region.width, self._ground())
        sequence = foot + sixels.at(sixel.sequence, region.x, region.y)
        pieces = tuple(sequence[at : at + PIECE] for at in range(0, len(sequence), PIECE))
        sent = False
        try:
            sent = await self._graphics.deliver(self, Payload(pieces, whole=True))
        finally:
            if not sent:
                self._laid.discard(laid)
        if laid not in self._laid:
            # Text was painted there before it was drawn: it lies where something else is by now.
            self._grid.refresh(laid.region.translate(-self._grid.region.offset))


def _blank(line: int, column: int, count: int, colour: tuple[int, int, int]) -> str:
    """Paints over some cells of a line (0-based); the cursor stays where it was, and so do its colours.

    Source: ECMA-48 CUP; ISO 8613-6 for `48;2;R;G;B`; DEC STD 070 DECSC and DECRC.
    """
    red, green, blue = colour
    return f"\x1b7\x1b[{line + 1};{column + 1}H\x1b[48;2;{red};{green};{blue}m{' ' * count}\x1b8"
