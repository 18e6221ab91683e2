"""Small pictures for the rows in sight, made in threads when they are first seen."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from textual.strip import Strip

COLUMNS, LINES = 4, 2
"""Cells of a thumbnail in a row of the history."""

KEPT = 2_000
"""Thumbnails remembered; the least recently seen go first."""


class Thumbnails:
    """Strips by content hash. A picture that cannot be drawn is remembered as such."""

    def __init__(self, make: Callable[[str], Sequence[Strip]]) -> None:
        self._make = make
        self._made: OrderedDict[str, Sequence[Strip]] = OrderedDict()

    def get(self, blob_hash: str) -> Sequence[Strip] | None:
        """The strips, empty when there is nothing to draw; `None` while they are not made."""
        strips = self._made.get(blob_hash)
        if strips is not None:
            self._made.move_to_end(blob_hash)
        return strips

    async def load(self, hashes: Iterable[str]) -> AsyncIterator[str]:
        """Makes those that are not there yet, one after the other; yields each when it is ready."""
        for blob_hash in hashes:
            if blob_hash in self._made:
                continue
            try:
                strips = await asyncio.to_thread(self._make, blob_hash)
            except DarkroomError:
                strips = ()
            self._made[blob_hash] = strips
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            yield blob_hash
