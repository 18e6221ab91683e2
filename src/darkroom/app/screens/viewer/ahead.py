"""The neighbours of the picture that is shown, made ready before they are asked for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture
from darkroom.images.decoded import DecodedCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from darkroom.app.screens.viewer.pictures import Pictures
    from darkroom.app.widgets.picture.preparing import Preparing
    from darkroom.domain.pictures import Picture


class Ahead:
    """Makes one neighbour ready after the other, the next one first; on a slow line it is only decoded.

    Attributes:
        decoded: What was decoded, for the widget that draws.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self.decoded = DecodedCache()

    async def look(self, shot: Picture, picture: Preparing, path: Callable[[str], Path]) -> None:
        """Gets the neighbours of `shot` ready for `picture`. A damaged one is told of when it is shown.

        Raises:
            StoreError: They cannot be read.
        """
        for by in (1, -1):
            found = await self._pictures.beside(shot, by)
            if found is None:
                continue
            ident = found.output.hash
            if picture.has_time:
                await picture.ahead(path(ident), ident=ident)
            else:
                box_px, ground = picture.decode_box, picture.ground
                await asyncio.to_thread(self._decode, path(ident), ident, box_px, ground)

    def _decode(
        self, source: Path, ident: str, box_px: tuple[int, int] | None, ground: tuple[int, int, int]
    ) -> None:
        with suppress(DamagedPicture, OSError):
            self.decoded.get(source, ident, box_px, background=ground)
