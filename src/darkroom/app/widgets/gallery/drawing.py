"""How the pictures of a sheet are drawn: half blocks at once, the terminal's own when they were sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.app.widgets.batch.shape import SIZES
from darkroom.app.widgets.gallery.placed import KittyTiles
from darkroom.app.widgets.gallery.tiles import Tiles
from darkroom.terminal.levels import Level, affordable
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.strip import Strip

    from darkroom.app.graphics import Graphics
    from darkroom.app.widgets.gallery.making import Maker

SOON_S = 0.3
"""No half blocks are made for what the terminal has so soon."""

KEPT_PAGES = 4
"""So many times what is in sight is remembered: a page around it, and what was seen before."""

REST_S = 0.1
"""What is out of sight is prepared, and what is coarse sent better, when scrolling has rested so long."""


class Drawing:
    """Strips by content hash and size, the best there are."""

    def __init__(self, graphics: Graphics, maker: Maker, ready: Callable[[Iterable[str]], object]) -> None:
        """Nothing is drawn yet.

        Args:
            graphics: How pictures are drawn, and the line to the terminal.
            maker: Reads them.
            ready: Is told which of them look otherwise now.
        """
        self._graphics = graphics
        self._ready = ready
        self._maker = maker
        self.tiles = Tiles(self._make_half)
        self.kitty = KittyTiles(graphics, maker)

    def strips(self, blob_hash: str, size: int, plain: bool) -> Sequence[Strip] | None:
        """The strips in the size of this index; empty when it is not drawn, `None` while it is not made.

        Args:
            blob_hash: Of the picture.
            size: Index of its size.
            plain: Half blocks in any case.
        """
        protocol = self._graphics.protocol
        if protocol is Protocol.NONE:
            return ()
        placed = self.kitty.get(blob_hash, size) if protocol is Protocol.KITTY and not plain else None
        return self.tiles.get(blob_hash, size) if placed is None else placed

    async def load(
        self, in_sight: Sequence[str], around: Sequence[str], size: int, *, plain: bool = False
    ) -> None:
        """Makes and sends what is not there yet: what is in sight first; what is around after a rest.

        Args:
            in_sight: Hashes of pictures.
            around: Others, a page up and down.
            size: Index of their size.
            plain: Half blocks of what is in sight, and no more.
        """
        protocol = self._graphics.protocol
        if protocol is Protocol.NONE:
            return
        if protocol is Protocol.KITTY and not plain:
            await self._load_sharp(in_sight, around, size)
            return
        await self._half(in_sight, size)
        if not plain:
            await asyncio.sleep(REST_S)
            await self._half(around, size)
        self.tiles.keep(len(in_sight) * KEPT_PAGES)

    async def _load_sharp(self, in_sight: Sequence[str], around: Sequence[str], size: int) -> None:
        level = self._level(len(in_sight), size)
        lacking = self.kitty.missing(in_sight, size, Level.QUARTER)
        if not self._is_soon(len(lacking), size):
            await self._half(lacking, size)
        await self._send(in_sight, size, level)
        await asyncio.sleep(REST_S)
        await self._send(around, size, level)
        # One after the other, so that all of them are there soon and then become better.
        for better in range(level + 1, Level.PALETTE + 1):
            await self._send(in_sight, size, Level(better))
        self.kitty.keep(len(in_sight) * KEPT_PAGES)
        self.tiles.keep(len(in_sight))

    async def _half(self, hashes: Iterable[str], size: int) -> None:
        async for made in self.tiles.load(hashes, size):
            self._ready((made,))

    async def _send(self, hashes: Sequence[str], size: int, level: Level) -> None:
        async for sent in self.kitty.send(hashes, size, level):
            self._ready(sent)

    def _make_half(self, blob_hash: str, cells: tuple[int, int]) -> Sequence[Strip]:
        """In a thread. Where something better takes its place, few colours will do."""
        level = Level.PALETTE if self._graphics.protocol is Protocol.HALF else Level.HALF
        graphics = self._graphics
        return self._maker.half(blob_hash, cells, graphics.cell_px, level, graphics.colours)

    def _level(self, count: int, size: int) -> Level:
        """How good the line affords so many of them. Of a small picture nobody sees more than 256 colours."""
        level = self._graphics.level(Protocol.KITTY, self._box_px(count, size), live=False)
        return min(level, Level.PALETTE)

    def _is_soon(self, count: int, size: int) -> bool:
        """Whether so many are there before anybody misses them."""
        width, height = self._box_px(count, size)
        budget = self._graphics.rate * SOON_S
        return affordable(Protocol.KITTY, width * height, budget) >= Level.PALETTE

    def _box_px(self, count: int, size: int) -> tuple[int, int]:
        columns, lines = SIZES[size]
        width, height = self._graphics.cell_px
        return columns * width, lines * height * max(count, 1)

    def forget(self) -> None:
        """Frees what the terminal keeps: it is left, or another one is there."""
        self.kitty.forget()
        self.tiles.clear()
