"""Thumbnails that the terminal keeps: each is sent once, and shown by its number while it is near."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from darkroom.app.graphics import Payload
from darkroom.app.widgets.batch.shape import SIZES
from darkroom.app.widgets.gallery.making import within
from darkroom.app.widgets.gallery.tiles import AT_ONCE
from darkroom.app.widgets.picture.strips import placeholder_strips
from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from textual.strip import Strip

    from darkroom.app.graphics import Graphics
    from darkroom.app.widgets.gallery.making import Encoded, Maker
    from darkroom.terminal.levels import Level

LINGER_S = 0.1
"""How long the terminal keeps a picture after a better one took its place: until that is painted."""


class Placed(NamedTuple):
    """A picture that the terminal has.

    Attributes:
        number: In the terminal; 0 when there is nothing to draw.
        level: How good it is.
        strips: Placeholders for it.
    """

    number: int
    level: Level
    strips: Sequence[Strip]


class KittyTiles:
    """Placeholders by content hash, in one size at a time."""

    def __init__(self, graphics: Graphics, maker: Maker) -> None:
        """Nothing is in the terminal yet."""
        self._graphics = graphics
        self._maker = maker
        self._made_for: tuple[int, tuple[int, int]] | None = None
        self._placed: OrderedDict[str, Placed] = OrderedDict()
        self._replaced: set[int] = set()

    def get(self, blob_hash: str, size: int) -> Sequence[Strip] | None:
        """The strips in the size of this index; `None` while the terminal has not got it."""
        placed = self._placed.get(blob_hash)
        if placed is None or self._made_for is None or self._made_for[0] != size or not placed.number:
            return None
        self._placed.move_to_end(blob_hash)
        return placed.strips

    def missing(self, hashes: Sequence[str], size: int, level: Level) -> list[str]:
        """Those that the terminal has not got at least so well, each once; the others stay there longer."""
        self._begin(size)
        for blob_hash in dict.fromkeys(hashes):
            if blob_hash in self._placed:
                self._placed.move_to_end(blob_hash)
        found = ((h, self._placed.get(h)) for h in dict.fromkeys(hashes))
        return [h for h, placed in found if placed is None or (placed.number and placed.level < level)]

    async def send(self, hashes: Sequence[str], size: int, level: Level) -> AsyncIterator[tuple[str, ...]]:
        """Sends those that are missing, in this order; yields some whenever the terminal has got them.

        Ends early when the screen was lent.
        """
        waiting = iter(self.missing(hashes, size, level))
        while some := tuple(islice(waiting, AT_ONCE)):
            encoded = await asyncio.gather(*(self._encode(h, size, level) for h in some))
            if not await self._deliver(dict(zip(some, encoded, strict=True)), level):
                return
            yield some

    def keep(self, count: int) -> None:
        """Deletes what was seen longest ago, as far as there are more than `count`."""
        while len(self._placed) > count:
            _, placed = self._placed.popitem(last=False)
            self._delete(placed)

    def forget(self) -> None:
        """Deletes everything."""
        for placed in self._placed.values():
            self._delete(placed)
        for number in tuple(self._replaced):
            self._delete_replaced(number)
        self._placed.clear()
        self._made_for = None

    def _begin(self, size: int) -> None:
        made_for = (size, self._graphics.cell_px)
        if self._made_for != made_for:
            self.forget()
            self._made_for = made_for

    async def _encode(self, blob_hash: str, size: int, level: Level) -> Encoded | None:
        try:
            return await asyncio.to_thread(
                self._maker.kitty, blob_hash, SIZES[size], self._graphics.cell_px, level
            )
        except DarkroomError:
            return None

    async def _deliver(self, encoded: dict[str, Encoded | None], level: Level) -> bool:
        """Sends some pictures at once; what is not shown by then is deleted again."""
        graphics, made_for = self._graphics, self._made_for
        numbers = {h: graphics.take() for h, item in encoded.items() if item is not None}
        sent = False
        try:
            answer = bool(numbers) and await graphics.may_ask(live=False)
            pieces = tuple(self._pieces(encoded, numbers, answer=answer))
            sent = not pieces or await graphics.deliver(self, Payload(pieces, answered=answer))
            # Meanwhile another size, or another terminal, may be there.
            sent = sent and self._made_for == made_for
        finally:
            if not sent:
                for number in numbers.values():
                    graphics.delete(number)
        for blob_hash, item in encoded.items() if sent else ():
            self._put(blob_hash, item, numbers.get(blob_hash, 0), level)
        return sent

    def _pieces(
        self, encoded: dict[str, Encoded | None], numbers: dict[str, int], *, answer: bool
    ) -> Iterator[str]:
        from darkroom.terminal import kitty

        last = next(reversed(numbers), "")
        for blob_hash, number in numbers.items():
            item = encoded[blob_hash]
            if item is not None:
                yield from kitty.transmit(
                    item.data,
                    number,
                    item.box.columns,
                    item.box.lines,
                    tmux=self._graphics.choice.tmux,
                    answer=answer and blob_hash == last,
                )

    def _put(self, blob_hash: str, item: Encoded | None, number: int, level: Level) -> None:
        before = self._placed.pop(blob_hash, None)
        size = SIZES[self._made_for[0]] if self._made_for is not None else (1, 1)
        strips: Sequence[Strip] = ()
        if item is not None:
            drawn = placeholder_strips(number, item.box.columns, item.box.lines)
            strips = within(drawn, item.box, *size)
        self._placed[blob_hash] = Placed(number, level, strips)
        if before is not None and before.number:
            self._replaced.add(before.number)
            asyncio.get_running_loop().call_later(LINGER_S, self._delete_replaced, before.number)

    def _delete_replaced(self, number: int) -> None:
        if number in self._replaced:
            self._replaced.discard(number)
            self._graphics.delete(number)

    def _delete(self, placed: Placed) -> None:
        if placed.number:
            self._graphics.delete(placed.number)
