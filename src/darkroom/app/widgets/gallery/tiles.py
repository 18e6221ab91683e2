"""Thumbnails of half blocks in the sizes that a grid may have, made in threads when they are first seen."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING

from darkroom.app.widgets.batch.shape import SIZES
from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from textual.strip import Strip

AT_ONCE = 2
"""Pictures that are decoded at the same time: more would keep the keys waiting for a core."""


class Tiles:
    """Strips by content hash and size. A picture that cannot be drawn is remembered as such."""

    def __init__(self, make: Callable[[str, tuple[int, int]], Sequence[Strip]]) -> None:
        """`make` draws the picture with a hash in so many columns and lines; it is called in threads."""
        self._make = make
        self._made: OrderedDict[tuple[str, int], Sequence[Strip]] = OrderedDict()

    def get(self, blob_hash: str, size: int) -> Sequence[Strip] | None:
        """The strips in the size of this index, empty when nothing can be drawn; `None` while not made."""
        strips = self._made.get((blob_hash, size))
        if strips is not None:
            self._made.move_to_end((blob_hash, size))
        return strips

    async def load(self, hashes: Iterable[str], size: int) -> AsyncIterator[str]:
        """Makes those that are not there yet, in this order; yields each when it is ready."""
        wanted = dict.fromkeys(hashes)
        for blob_hash in wanted:
            self.get(blob_hash, size)  # those that are made are forgotten later
        waiting = (h for h in wanted if (h, size) not in self._made)
        while some := tuple(islice(waiting, AT_ONCE)):
            made = await asyncio.gather(*(self._draw(blob_hash, size) for blob_hash in some))
            for blob_hash, strips in zip(some, made, strict=True):
                self._made[blob_hash, size] = strips
                yield blob_hash

    def keep(self, count: int) -> None:
        """Forgets what was seen longest ago, as far as there are more than `count`."""
        while len(self._made) > count:
            self._made.popitem(last=False)

    def clear(self) -> None:
        """Forgets all: they look otherwise now."""
        self._made.clear()

    async def _draw(self, blob_hash: str, size: int) -> Sequence[Strip]:
        try:
            return await asyncio.to_thread(self._make, blob_hash, SIZES[size])
        except DarkroomError:
            return ()
